// A page of an office's front end: signs in with a token, lists, approves, watches a ledger, and shows what is refused.
import { createRegistry, fromBinary, type DescMessage, type MessageShape } from "@bufbuild/protobuf";
import { Code, ConnectError, createClient, type Interceptor } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";
import { BadRequestSchema, ErrorInfoSchema, LocalizedMessageSchema } from "./gen/google/rpc/error_details_pb.js";
import { DirectoryService } from "./gen/huiying/directory/v1/directory_service_pb.js";
import { RecordSchema, type Record as LedgerRecord, type SealedRecord } from "./gen/huiying/event/v1/event_pb.js";
import { FeedService } from "./gen/huiying/event/v1/feed_service_pb.js";
import { IntakeService } from "./gen/huiying/intake/v1/intake_service_pb.js";
import { file_huiying_publication_v1_events } from "./gen/huiying/publication/v1/events_pb.js";
import { PublicationService } from "./gen/huiying/publication/v1/publication_service_pb.js";
import { Statement_State as State, type Statement } from "./gen/huiying/publication/v1/statement_pb.js";

const edge = new URLSearchParams(location.search).get("edge");
if (edge === null) throw new Error("no ?edge=https://…");
let token = "";
const sign: Interceptor = (next) => (request) => {
  request.header.set("authorization", `Bearer ${token}`);
  return next(request);
};
const transport = createGrpcWebTransport({ baseUrl: edge, interceptors: [sign] });
const directory = createClient(DirectoryService, transport);
const intake = createClient(IntakeService, transport);
const publication = createClient(PublicationService, transport);
const feed = createClient(FeedService, transport);
const facts = createRegistry(file_huiying_publication_v1_events);

const STATES: Record<State, string> = {
  [State.UNSPECIFIED]: "",
  [State.DRAFT]: "拟稿",
  [State.SUBMITTED]: "送审",
  [State.REVIEWED]: "已审核",
  [State.APPROVED]: "已批准",
  [State.RETURNED]: "已退回",
  [State.RELEASED]: "已发布",
};

// What the ledger tells, in the office's words: facts by name, attempts by method.
const WORDS: { [name: string]: string } = {
  StatementDrafted: "已拟稿", StatementSubmitted: "已送审", StatementReviewed: "已审核", StatementReturned: "已退回", StatementApproved: "已批准",
  StatementReleased: "已发布", LineProposed: "已拟定口径", LineApproved: "已审定口径", ApproveStatement: "批准发布稿", ReviewStatement: "审核发布稿",
};
const word = (name: string) => WORDS[name] ?? name;

function at(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(id);
  return found;
}

function row(...cells: (string | Node)[]): HTMLTableRowElement {
  const made = document.createElement("tr");
  for (const cell of cells) made.insertCell().append(cell);
  return made;
}

/// Does something, and shows why it was refused: the typed reason for programs, the message for people.
async function attempt(what: () => Promise<void>) {
  const place = at("error");
  place.hidden = true;
  try {
    await what();
  } catch (thrown) {
    const error = ConnectError.from(thrown);
    const detail = <D extends DescMessage>(schema: D): MessageShape<D> | undefined => error.findDetails(schema)[0];
    const info = detail(ErrorInfoSchema);
    place.dataset.code = Code[error.code];
    place.dataset.reason = info?.reason ?? "";
    place.dataset.domain = info?.domain ?? "";
    place.lang = detail(LocalizedMessageSchema)?.locale ?? "";
    const fields = detail(BadRequestSchema)?.fieldViolations.map((violation) => `${violation.field}: ${violation.description}`) ?? [];
    const small = document.createElement("small");
    small.textContent = `${Code[error.code]} · ${info?.domain ?? ""} · ${info?.reason ?? ""} ${fields.join(";")}`;
    place.replaceChildren(detail(LocalizedMessageSchema)?.message ?? error.rawMessage, document.createElement("br"), small);
    place.hidden = false;
  }
}

async function signIn() {
  const { person, positions } = await directory.getSelf({});
  at("self").textContent = `${person?.name}(${positions.map((position) => position.title).join("、")})`;
  await list();
}

async function list() {
  const [{ incidents }, { statements }] = await Promise.all([
    intake.listIncidents({ pageSize: 20 }),
    publication.listStatements({ pageSize: 5 }),
  ]);
  at("incidents").replaceChildren(...incidents.map((incident) => row(incident.number, incident.title, String(incident.reportCount))));
  at("statements").replaceChildren(...statements.map(statementRow));
}

function statementRow(statement: Statement): HTMLTableRowElement {
  const button = document.createElement("button");
  button.textContent = "批准";
  button.onclick = () => attempt(() => approve(statement));
  const made = row(statement.title, STATES[statement.state], button);
  made.dataset.id = statement.statementId;
  return made;
}

/// Approves exactly the text that this page shows, in the version that it saw.
async function approve({ statementId, etag, textSha256 }: Statement) {
  const { statement } = await publication.approveStatement({ requestId: crypto.randomUUID(), statementId, etag, textSha256 });
  if (statement === undefined) return;
  document.querySelector(`[data-id="${statementId}"]`)?.replaceWith(statementRow(statement));
}

async function watch() {
  const { checkpoint } = await feed.getCheckpoint({ serviceName: "publication" });
  at("watching").textContent = `从第 ${checkpoint?.size} 条之后`;
  const stream = feed.streamEvents({ serviceName: "publication", afterPosition: checkpoint?.size ?? 0n, follow: true });
  for await (const { records } of stream) {
    for (const sealed of records) at("facts").append(await item(sealed));
  }
}

/// A record whose bytes are those that the ledger's tree holds, in words.
async function item(sealed: SealedRecord): Promise<HTMLLIElement> {
  const leaf = new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array([0, ...sealed.record])));
  const whole = leaf.every((byte, index) => byte === sealed.leafHash[index]);
  const made = document.createElement("li");
  made.value = Number(sealed.position);
  made.textContent = `${tell(fromBinary(RecordSchema, sealed.record))}${whole ? "(摘要相符)" : "(摘要不符!)"}`;
  return made;
}

function tell({ audit, events }: LedgerRecord): string {
  const told = events.map(({ type, payload }) => {
    const schema = facts.getMessage(type);
    const fact = schema && fromBinary(schema, payload);
    return `${word(schema?.name ?? type)} ${fact && "title" in fact ? `《${fact.title}》` : ""}`;
  });
  return told.join(" ") || `${word(audit?.action.split("/").pop() ?? "")} 被拒: ${audit?.refusalReason}`;
}

at("sign-in").onsubmit = (event) => {
  event.preventDefault();
  token = (at("token") as HTMLInputElement).value;
  void attempt(signIn);
};
at("refresh").onclick = () => attempt(list);
at("watch").onclick = () => attempt(watch);
