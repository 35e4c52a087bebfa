#!/bin/bash
# The health of a container, for the engine that asks every few seconds: 0 when every service of the process that
# listens on this port (50051) says SERVING, 1 otherwise. The question is grpc.health.v1.Health/List, spelled out as the
# frames of one HTTP/2 exchange (RFC 9113): a shell asks it in 5 ms, a Node in 40, in every container, all the time.

port=${1:-50051}
path=/grpc.health.v1.Health/List
type=application/grpc

frames() {
  printf 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'
  # SETTINGS of none.
  printf '\x00\x00\x00\x04\x00\x00\x00\x00\x00'
  # HEADERS of stream 1: :method POST, :scheme http, :path, :authority, content-type, te (RFC 7541, nothing indexed).
  printf '\x00\x00\x4a\x01\x04\x00\x00\x00\x01\x83\x86'
  printf '\x04\x1b%s\x01\x09localhost\x0f\x10\x10%s\x00\x02te\x08trailers' "$path" "$type"
  # DATA, the last of the stream: one message, not compressed, of no bytes.
  printf '\x00\x00\x05\x00\x01\x00\x00\x00\x01\x00\x00\x00\x00\x00'
  # GOAWAY, so that the server closes the connection behind its answer.
  printf '\x00\x00\x08\x07\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00'
}

exec 2> /dev/null 3<> "/dev/tcp/127.0.0.1/$port" || exit 1
frames >&3
answer=$(timeout 2 od -An -v -tx1 <&3 | tr -d '\n')
# Each entry of the answer's map ends in HealthCheckResponse{status}: 1 is SERVING, 2 NOT_SERVING.
[[ $answer == *' 12 02 08 01'* && $answer != *' 12 02 08 02'* ]]
