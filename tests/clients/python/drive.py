"""Calls a deployment from Python by reflection alone: `drive.py HOST:PORT SECRETS STATE`.

Lists, registers a report twice with one request_id, reads a typed refusal in Chinese, and follows a ledger while it writes to it.
Leaves a statement that waits for approval, and the tokens of those concerned, in the file STATE for the browser.
"""

import json
import os
import subprocess
import sys
import threading
import time
import uuid

import grpc

from edge import Edge, Refused

DIRECTORY = "huiying.directory.v1.DirectoryService."
INTAKE = "huiying.intake.v1.IntakeService."
PUBLICATION = "huiying.publication.v1.PublicationService."
FEED = "huiying.event.v1.FeedService."
BEGIN = {"seconds": 1767225600}  # 2026-01-01
PEOPLE = [
    ("clients-writer", "拟稿人", "干部", ["ROLE_OFFICE_STAFF", "ROLE_COLLECTOR"]),
    ("clients-head", "审核人", "主任", ["ROLE_OFFICE_HEAD"]),
    ("clients-principal", "主要领导", "组长", ["ROLE_PRINCIPAL_LEADER"]),
    ("clients-auditor", "审计人", "审计员", ["ROLE_AUDITOR"]),
]


def token(secrets, *holder):
    """A token as the deployment's operator makes one."""
    command = [os.environ.get("HUIYING", "target/debug/huiying"), "token", *holder, "--key", f"{secrets}/issuer/issuer.key"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def enter(edge, secrets):
    """Enters the office's people in the registry, as an administrator, and gives each a token."""
    administrator = edge.caller(token(secrets, "service", "clients", "--role", "ROLE_SYSTEM_ADMINISTRATOR"))
    administrator(DIRECTORY + "ImportDirectory", {
        "bodies": [{"code": "office", "name": "处置办", "kind": "KIND_DISPOSAL_OFFICE"}],
        "persons": [{"code": code, "name": name} for code, name, _, _ in PEOPLE],
        "positions": [{"person_code": code, "body_code": "office", "title": title, "roles": roles, "start_time": BEGIN}
                      for code, _, title, roles in PEOPLE],
    })
    persons = administrator(DIRECTORY + "ListPersons", {"page_size": 1000}).persons
    return {person.code.removeprefix("clients-"): token(secrets, "person", person.person_id)
            for person in persons if person.code.startswith("clients-")}


def refused(reason, call, *arguments):
    """A call that must be refused for a reason; returns the refusal."""
    try:
        call(*arguments)
    except Refused as refusal:
        assert refusal.reason == reason, f"{refusal}, not {reason}"
        assert refusal.locale == "zh-CN" and any("一" <= sign <= "鿿" for sign in refusal.message), refusal
        return refusal
    raise AssertionError(f"not refused: {reason}")


class Watcher(threading.Thread):
    """Follows a ledger from now on, as an auditor, and keeps the facts."""

    def __init__(self, edge, auditor, service):
        super().__init__(daemon=True)
        self.edge, self.facts, self.failure = edge, [], None
        size = auditor.eventually(FEED + "GetCheckpoint", {"service_name": service}).checkpoint.size
        self.stream = auditor(FEED + "StreamEvents", {"service_name": service, "after_position": size, "follow": True}, timeout=60)
        self.start()

    def run(self):
        try:
            for answer in self.stream:
                for sealed in answer.records:
                    record = self.edge.message("huiying.event.v1.Record", sealed.record)
                    self.facts += [self.edge.message(event.type, event.payload) for event in record.events]
        except Exception as failure:  # told by who waits
            self.failure = failure

    def wait_for(self, name, wanted):
        """The first fact of a type that is the wanted one."""
        for _ in range(300):
            for fact in list(self.facts):
                if fact.DESCRIPTOR.name == name and wanted(fact):
                    return fact
            assert self.failure is None, self.failure
            time.sleep(0.1)
        raise AssertionError(f"no {name} in the stream: {[fact.DESCRIPTOR.name for fact in self.facts]}")


def main(address, secrets, state):
    with open(f"{secrets}/authority/authority.pem", "rb") as file:
        edge = Edge(address, file.read())
    services = [name for name in edge.services() if name.startswith("huiying.")]
    packages = {name.split(".")[1] for name in services}
    assert packages == {"accountability", "assessment", "directory", "disposal", "event", "intake", "notification", "publication"}, services
    print(f"reflection names {len(services)} services: {', '.join(name.split('.')[-1] for name in services)}")

    # What no service offers, the edge answers itself, as gRPC has it.
    try:
        edge.channel.unary_unary("/huiying.nothing.v1.NothingService/Do")(b"", timeout=10)
        raise AssertionError("a service that is not there answered")
    except grpc.RpcError as error:
        assert error.code() == grpc.StatusCode.UNIMPLEMENTED, error

    tokens = enter(edge, secrets)
    writer, head, auditor = (edge.caller(tokens[who]) for who in ("writer", "head", "auditor"))
    outlet = writer.eventually(INTAKE + "RegisterOutlet", {
        "name": f"信箱 {uuid.uuid4()}", "tier": "TIER_MAILBOX", "medium": "MEDIUM_LETTER"}).outlet
    watcher = Watcher(edge, auditor, "intake")

    request = {"request_id": str(uuid.uuid4()), "outlet_id": outlet.outlet_id, "title": "东门公交站候车亭漏雨",
               "excerpt": "东门公交站候车亭顶棚破损漏雨,请修缮。", "publish_time": {"seconds": int(time.time())}, "non_classified": True}
    report, again = (writer(INTAKE + "RegisterReport", request).report for _ in range(2))
    assert report.report_id == again.report_id
    print("a report registered; the same request_id again: the same report")

    fact = watcher.wait_for("ReportRegistered", lambda fact: fact.report.report_id == report.report_id)
    watcher.stream.cancel()
    print(f"the stream tells of it: {fact.DESCRIPTOR.full_name}")

    while not report.incident_id:
        time.sleep(0.1)
        report = writer(INTAKE + "GetReport", {"report_id": report.report_id}).report
    incidents = writer(INTAKE + "ListIncidents", {"page_size": 1000}).incidents
    incident = next(incident for incident in incidents if incident.incident_id == report.incident_id)
    print(f"listed among {len(incidents)} incidents: {incident.number} {incident.title}")

    # A statement to its line, drafted, submitted and reviewed: it waits for the principal leader.
    seen = lambda thing, key: {key: getattr(thing, key), "etag": thing.etag}
    line = writer.eventually(PUBLICATION + "ProposeLine", {"incident_id": incident.incident_id, "text": "已安排检修,三日内完成。"}).line
    head.eventually(PUBLICATION + "ApproveLine", seen(line, "line_id"))
    statement = writer(PUBLICATION + "DraftStatement", {
        "incident_id": incident.incident_id, "kind": "KIND_HOLDING", "title": f"关于东门公交站候车亭的说明({uuid.uuid4().hex[:6]})",
        "text": "候车亭顶棚已安排检修,三日内完成,感谢提醒。"}).statement
    statement = writer(PUBLICATION + "SubmitStatement", seen(statement, "statement_id")).statement
    missing = {**seen(statement, "statement_id"), "non_classified": True, "facts_checked": True}
    refusal = refused("REVIEW_INCOMPLETE", head, PUBLICATION + "ReviewStatement", missing)
    assert refusal.domain == "publication.huiying" and refusal.metadata["missing"] == "无不必要的个人信息", refusal.metadata
    print(f"refused: {refusal.code.name} {refusal.domain}/{refusal.reason} {refusal.metadata} {refusal.message}")
    refusal = refused("FIELDS_INVALID", head, PUBLICATION + "ReviewStatement", {**missing, "statement_id": "三号稿"})
    assert "statement_id" in refusal.fields, refusal.fields
    print(f"refused: {refusal.code.name} {refusal.domain}/{refusal.reason} {refusal.fields} {refusal.message}")
    statement = head(PUBLICATION + "ReviewStatement", {**missing, "no_personal_data": True}).statement
    refusal = refused("LEDGER_UNKNOWN", lambda: list(auditor(FEED + "StreamEvents", {"service_name": "nobody"})))
    print(f"refused: {refusal.code.name} {refusal.domain}/{refusal.reason} {refusal.message}")

    with open(state, "w", opener=lambda path, flags: os.open(path, flags, 0o600), encoding="utf-8") as file:
        json.dump({"statement_id": statement.statement_id, "title": statement.title, "incident": incident.number, "tokens": tokens}, file)
    print(f"waits for approval: {statement.title}")


main(*sys.argv[1:])
