"""The office's contract as a Python program finds it: by reflection at the edge, over TLS, with no generated code of it."""

import time
import uuid

import grpc
from google.protobuf import descriptor_pool, message_factory
from google.rpc import error_details_pb2
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase
from grpc_status import rpc_status


class Refused(Exception):
    """What a service refused: the typed reason, for programs; the message, in Chinese, for people."""

    def __init__(self, error):
        status = rpc_status.from_call(error)
        self.code, self.reason, self.domain, self.metadata = error.code(), "", "", {}
        self.locale, self.message, self.fields = "", error.details(), {}
        for detail in status.details if status else []:
            info, local, bad = error_details_pb2.ErrorInfo(), error_details_pb2.LocalizedMessage(), error_details_pb2.BadRequest()
            if detail.Unpack(info):
                self.reason, self.domain, self.metadata = info.reason, info.domain, dict(info.metadata)
            elif detail.Unpack(local):
                self.locale, self.message = local.locale, local.message
            elif detail.Unpack(bad):
                self.fields = {violation.field: violation.description for violation in bad.field_violations}
        super().__init__(f"{self.code.name} {self.reason} {self.message}")


class Edge:
    """The deployment at an address such as localhost:18443, by whoever reflection says is there."""

    def __init__(self, address, authority):
        self.channel = grpc.secure_channel(address, grpc.ssl_channel_credentials(authority))
        self.database = ProtoReflectionDescriptorDatabase(self.channel)
        self.pool = descriptor_pool.DescriptorPool(self.database)

    def services(self):
        """The names of all services."""
        return sorted(self.database.get_services())

    def message(self, name, data=b""):
        """A message of the contract, from its bytes."""
        return message_factory.GetMessageClass(self.pool.FindMessageTypeByName(name)).FromString(data)

    def caller(self, token):
        """Somebody who shows a token."""
        return Caller(self, token)


class Caller:
    """Calls `package.Service.Method` with a dictionary; a mutation without a request_id gets one."""

    def __init__(self, edge, token):
        self.edge, self.metadata = edge, [("authorization", f"Bearer {token}")]

    def __call__(self, name, request=None, timeout=10):
        method = self.edge.pool.FindMethodByName(name)
        request = dict(request or {})
        if "request_id" in method.input_type.fields_by_name:
            request.setdefault("request_id", str(uuid.uuid4()))
        types = [message_factory.GetMessageClass(part) for part in (method.input_type, method.output_type)]
        stub = self.edge.channel.unary_stream if method.server_streaming else self.edge.channel.unary_unary
        call = stub(f"/{method.containing_service.full_name}/{method.name}", types[0].SerializeToString, types[1].FromString)
        try:
            answer = call(types[0](**request), metadata=self.metadata, timeout=timeout)
        except grpc.RpcError as error:
            raise Refused(error) from None
        return Stream(answer) if method.server_streaming else answer

    def eventually(self, name, request, unless=("PERMISSION_DENIED", "UNAUTHENTICATED", "INCIDENT_UNKNOWN"), seconds=30):
        """Calls again while a service has not heard yet of somebody or something that another one knows."""
        end = time.monotonic() + seconds
        while True:
            try:
                return self(name, request)
            except Refused as refused:
                if refused.reason not in unless or time.monotonic() > end:
                    raise
            time.sleep(0.1)


class Stream:
    """What a service streams; ends with a refusal, or when it is cancelled."""

    def __init__(self, call):
        self.call, self.cancel = call, call.cancel

    def __iter__(self):
        try:
            yield from self.call
        except grpc.RpcError as error:
            if error.code() != grpc.StatusCode.CANCELLED:
                raise Refused(error) from None
