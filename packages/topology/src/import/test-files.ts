/** A network of SquidASM with a repeater, for tests; every figure of its own. */
export const squidasmYaml = `
device: &device
  num_qubits: 4
  T1: 10_000_000_000
  T2: 1e9
  init_time: 20_000
  single_qubit_gate_time: 500
  two_qubit_gate_time: 80_000
  measure_time: 30_000
  single_qubit_gate_depolar_prob: 0.002
  two_qubit_gate_depolar_prob: 0.01

stacks:
  - name: Alice
    qdevice_typ: generic
    qdevice_cfg: *device
  - name: Hub (Delft)
    qdevice_typ: generic
    qdevice_cfg:
      <<: *device
      num_qubits: 9
  - name: Bob
    qdevice_typ: nv
    qdevice_cfg:
      electron_T1: 0
      electron_T2: 1.46e9
      carbon_T1: 3.6e13
      ec_gate_depolar_prob: 0.02
      prob_error_0: 0.05
      prob_error_1: 0.005

links:
  - stack1: Alice
    stack2: Hub (Delft)
    typ: heralded
    cfg:
      length: 10
      p_loss_init: 0.1
      p_loss_length: 0.25
      speed_of_light: 200_000
      dark_count_probability: 1.0e-6
      detector_efficiency: 0.8
      visibility: 0.9
      emission_fidelity: 0.97
      num_resolving: False
  - stack1: Hub (Delft)
    stack2: Bob
    typ: depolarise
    cfg:
      fidelity: 0.95
      prob_success: 0.1
      t_cycle: 20_000
`;

/** A topology of SeQUeNCe with a repeater: one qconnection, and one station with quantum channels. */
export const sequenceJson = `{
  "templates": {
    "router": {
      "MemoryArray": {
        "fidelity": 0.94, "efficiency": 0.7, "frequency": 1e6, "coherence_time": 3,
        "decoherence_errors": [0.2, 0.2, 0.6], "cutoff_ratio": 0.5
      }
    },
    "station": {
      "encoding_type": "single_heralded",
      "SingleHeraldedBSM": {
        "detectors": [
          {"efficiency": 0.8, "dark_count": 1000, "time_resolution": 1000},
          {"efficiency": 0.8, "dark_count": 1000, "time_resolution": 1000}
        ]
      }
    }
  },
  "nodes": [
    {"name": "left", "type": "QuantumRouter", "seed": 1, "memo_size": 4, "template": "router"},
    {
      "name": "mid_1", "type": "QuantumRouter", "seed": 2, "memo_size": 8, "template": "router",
      "gate_fidelity": 0.98, "measurement_fidelity": 0.995
    },
    {"name": "right", "type": "QuantumRouter", "seed": 3, "memo_size": 4, "template": "router"},
    {"name": "BSM.1", "type": "BSMNode", "seed": 4, "template": "station"}
  ],
  "qconnections": [
    {"node1": "left", "node2": "mid_1", "attenuation": 0.0002, "distance": 8000, "type": "meet_in_the_middle"}
  ],
  "qchannels": [
    {"source": "mid_1", "destination": "BSM.1", "distance": 2000, "attenuation": 0.0002},
    {"source": "right", "destination": "BSM.1", "distance": 3000, "attenuation": 0.0002}
  ],
  "cconnections": [
    {"node1": "left", "node2": "mid_1", "delay": 40000000},
    {"node1": "mid_1", "node2": "right", "delay": 25000000}
  ],
  "cchannels": [
    {"source": "BSM.1", "destination": "mid_1", "distance": 2000},
    {"source": "BSM.1", "destination": "right", "distance": 3000}
  ],
  "is_parallel": false,
  "stop_time": 2e12
}`;
