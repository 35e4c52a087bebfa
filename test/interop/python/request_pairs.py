"""Requests entangled pairs of a mesh and reads what both ends deliver.

It knows the contract alone: a descriptor set made of the proto files (`buf build proto -o contract.binpb`), and where
two node-controllers are. It prints one JSON object about what it found, for the test that runs it.
"""

import argparse
import json
import sys
import threading

import grpc
from google.protobuf import any_pb2, descriptor_pb2, descriptor_pool, message_factory

CONTROLLER = "bellmesh.node_controller.v1.NodeControllerService"
DEADLINE_S = 120


class Contract:
    """The messages of a descriptor set, and calls by the names the contract gives them."""

    def __init__(self, path):
        self.pool = descriptor_pool.DescriptorPool()
        self.pool.AddSerializedFile(any_pb2.DESCRIPTOR.serialized_pb)
        files = descriptor_pb2.FileDescriptorSet()
        with open(path, "rb") as descriptors:
            files.ParseFromString(descriptors.read())
        for file in [*files.file, google_rpc()]:
            self.pool.AddSerializedFile(file.SerializeToString())

    def message(self, name):
        return self.made(self.pool.FindMessageTypeByName(name))

    def made(self, descriptor):
        if hasattr(message_factory, "GetMessageClass"):  # from protobuf 4.22 on
            return message_factory.GetMessageClass(descriptor)
        return message_factory.MessageFactory(self.pool).GetPrototype(descriptor)

    def call(self, channel, service, method):
        found = self.pool.FindServiceByName(service).FindMethodByName(method)
        make = channel.unary_stream if method == "Deliveries" else channel.unary_unary
        request = self.made(found.input_type)
        response = self.made(found.output_type)
        path = f"/{service}/{method}"
        return request, make(path, request.SerializeToString, response.FromString)


def google_rpc():
    """google.rpc.Status and ErrorInfo, which Debian's protobuf does not carry."""
    file = descriptor_pb2.FileDescriptorProto(name="google/rpc/status.proto", package="google.rpc", syntax="proto3")
    file.dependency.append("google/protobuf/any.proto")
    field = descriptor_pb2.FieldDescriptorProto
    status = file.message_type.add(name="Status")
    status.field.add(name="code", number=1, type=field.TYPE_INT32, label=field.LABEL_OPTIONAL)
    status.field.add(name="message", number=2, type=field.TYPE_STRING, label=field.LABEL_OPTIONAL)
    any_name = ".google.protobuf.Any"
    status.field.add(name="details", number=3, type=field.TYPE_MESSAGE, label=field.LABEL_REPEATED, type_name=any_name)
    info = file.message_type.add(name="ErrorInfo")
    info.field.add(name="reason", number=1, type=field.TYPE_STRING, label=field.LABEL_OPTIONAL)
    info.field.add(name="domain", number=2, type=field.TYPE_STRING, label=field.LABEL_OPTIONAL)
    return file


class End:
    """One end of the pairs: its node-controller, and what it has delivered so far."""

    def __init__(self, contract, node, target):
        self.contract = contract
        self.node = node
        self.identity = (("bellmesh-node", node),)
        self.channel = grpc.insecure_channel(target)
        self.delivered = {}
        self.ended = {}
        self.changed = threading.Condition()
        threading.Thread(target=self.follow, daemon=True).start()

    def follow(self):
        request, deliveries = self.contract.call(self.channel, CONTROLLER, "Deliveries")
        after = 0
        while True:
            try:
                for event in deliveries(request(after_sequence=after), metadata=self.identity, wait_for_ready=True):
                    after = event.sequence
                    self.take(event)
            except grpc.RpcError as error:
                if error.code() != grpc.StatusCode.UNAVAILABLE:
                    return

    def take(self, event):
        with self.changed:
            pairs = self.delivered.setdefault(event.request_id, {})
            kind = event.WhichOneof("event")
            if kind == "delivered":
                index = event.delivered.bell_index
                known = event.delivered.HasField("bell_index")
                pairs[event.delivered.pair_sequence] = (index.x, index.z) if known else None
            elif kind == "expired" and event.expired.retracted:
                pairs.pop(event.expired.pair_sequence, None)
            elif kind == "ended":
                self.ended[event.request_id] = event.ended.reason
            self.changed.notify_all()

    def wait(self, met):
        with self.changed:
            if not self.changed.wait_for(met, DEADLINE_S):
                raise TimeoutError(f"{self.node}: nothing more came within {DEADLINE_S} s")

    def request(self, **fields):
        request, request_pairs = self.contract.call(self.channel, CONTROLLER, "RequestPairs")
        return request_pairs(request(**fields), timeout=DEADLINE_S, metadata=self.identity, wait_for_ready=True)


def pairs_of(head, tail, pairs, **more):
    """Requests pairs, and gives for each, at either end, the Bell index that is reported there."""
    request_id = head.request(to=tail.node, pairs=pairs, **more).request_id
    head.wait(lambda: request_id in head.ended)
    tail.wait(lambda: len(tail.delivered.get(request_id, {})) >= pairs)
    return {"head": sorted(head.delivered[request_id].items()), "tail": sorted(tail.delivered[request_id].items())}


def refusal_of(contract, head, **fields):
    """The code of a refusal, and the reason in its google.rpc details."""
    try:
        head.request(**fields)
    except grpc.RpcError as error:
        trailers = dict(error.trailing_metadata())
        status = contract.message("google.rpc.Status").FromString(trailers["grpc-status-details-bin"])
        for detail in status.details:
            if detail.type_url == "type.googleapis.com/google.rpc.ErrorInfo":
                info = contract.message("google.rpc.ErrorInfo").FromString(detail.value)
                return {"code": error.code().name, "reason": info.reason, "domain": info.domain}
    return None


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--descriptors", required=True)
    arguments.add_argument("--head", required=True, help="node=target")
    arguments.add_argument("--tail", required=True, help="node=target")
    arguments.add_argument("--pairs", type=int, required=True)
    given = arguments.parse_args()

    contract = Contract(given.descriptors)
    head = End(contract, *given.head.split("=", 1))
    tail = End(contract, *given.tail.split("=", 1))
    bell_index = contract.message("bellmesh.bell.v1.BellIndex")
    found = {}
    for name, more in {"any": {}, "singlet": {"final_state": bell_index(x=True, z=True)}}.items():
        found[name] = pairs_of(head, tail, given.pairs, **more)
    found["refusal"] = refusal_of(contract, head, to="nobody", pairs=1)
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
