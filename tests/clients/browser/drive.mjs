// Drives the page in a real Chromium: `node drive.mjs EDGE AUTHORITY.pem STATE PICTURE`. It asserts each step and ends with another
// code than 0 when one fails. TLS is checked as for any visitor: the house's authority is in the browser's own store, and nothing is ignored.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createServer } from "node:http";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { chromium } from "playwright-core";

const [edge, authority, stateFile, picture] = process.argv.slice(2);
const state = JSON.parse(readFileSync(stateFile, "utf8"));
const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
];

function serve(port) {
  const types = { ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8" };
  const server = createServer((request, response) => {
    const name = new URL(request.url, "http://localhost").pathname.slice(1) || "index.html";
    if (!["index.html", "page.js"].includes(name)) return response.writeHead(404).end();
    response.writeHead(200, { "content-type": types[path.extname(name)] }).end(readFileSync(name));
  });
  return new Promise((ready, fail) => server.on("error", fail).listen(port, "localhost", () => ready(server)));
}

// A browser whose user trusts an authority, or none besides the system's.
async function browse(trusted) {
  const home = mkdtempSync(path.join(tmpdir(), "huiying-browser-"));
  const store = path.join(home, ".pki/nssdb");
  mkdirSync(store, { recursive: true });
  execFileSync("certutil", ["-d", `sql:${store}`, "-N", "--empty-password"]);
  if (trusted) execFileSync("certutil", ["-d", `sql:${store}`, "-A", "-t", "C,,", "-n", "huiying", "-i", trusted]);
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: FLAGS,
    env: { ...process.env, HOME: home, XDG_CONFIG_HOME: path.join(home, ".config"), XDG_CACHE_HOME: path.join(home, ".cache") },
  });
  browser.on("disconnected", () => rmSync(home, { recursive: true, force: true, maxRetries: 10 }));
  return browser;
}

// An answer whose body nobody read is called aborted; it has arrived all the same.
function tellFailure(request) {
  const { errorText } = request.failure();
  if (errorText !== "net::ERR_ABORTED") console.log(`failed: ${request.url()} ${errorText}`);
}

async function open(browser, origin, token) {
  const page = await browser.newPage({ viewport: { width: 1000, height: 760 } });
  page.setDefaultTimeout(15_000);
  if (browser !== stranger && origin.endsWith(":5173")) page.on("requestfailed", tellFailure);
  await page.goto(`${origin}/?edge=${encodeURIComponent(edge)}`);
  await page.fill("#token", token);
  await page.click("#sign-in button");
  return page;
}

async function signedIn(browser, who, name) {
  const page = await open(browser, "http://localhost:5173", state.tokens[who]);
  await page.getByText(name).waitFor();
  assert.equal(await page.isHidden("#error"), true);
  return page;
}

async function refusal(page) {
  const place = page.locator("#error:not([hidden])");
  await place.waitFor();
  const { code, reason, domain } = await place.evaluate((element) => ({ ...element.dataset }));
  return { code, reason, domain, locale: await place.getAttribute("lang"), text: await place.innerText() };
}

function assertRefused(found, code, domain, reason, words) {
  assert.deepEqual([found.code, found.domain, found.reason, found.locale], [code, domain, reason, "zh-CN"], found.text);
  assert.match(found.text, words);
  console.log(`refused: ${found.code} ${domain}/${reason} ${found.text.split("\n")[0]}`);
}

const servers = [await serve(5173), await serve(5174)];
const stranger = await browse(null);
const browser = await browse(authority);
try {
  const versions = `${browser.version()}, ${await (await browser.newPage()).evaluate(() => navigator.userAgent)}`;
  console.log(`Chromium ${versions}`);

  // Who does not trust the authority gets no connection; a page of another origin gets no answer.
  const distrusting = await open(stranger, "http://localhost:5173", state.tokens.principal);
  const failed = distrusting.waitForEvent("requestfailed", (request) => request.url().startsWith(edge));
  await distrusting.click("#sign-in button");
  assert.match((await failed).failure().errorText, /CERT_AUTHORITY_INVALID/);
  const elsewhere = await open(browser, "http://localhost:5174", state.tokens.principal);
  assert.equal((await refusal(elsewhere)).reason, "");
  assert.equal(await elsewhere.locator("#self").innerText(), "");
  await elsewhere.close();
  console.log("neither without the authority, nor from another origin");

  const nobody = await open(browser, "http://localhost:5173", "nobody");
  assertRefused(await refusal(nobody), "Unauthenticated", "huiying", "UNAUTHENTICATED", /未登录/);
  await nobody.close();

  const principal = await signedIn(browser, "principal", "主要领导(组长)");
  await principal.locator("#incidents tr").first().waitFor();
  assert.match(await principal.locator("#incidents").innerText(), new RegExp(state.incident));
  const mine = (page) => page.locator(`#statements tr[data-id="${state.statement_id}"]`);
  assert.match(await mine(principal).innerText(), /已审核/);
  console.log(`signed in, and listed: ${(await mine(principal).innerText()).trim().replaceAll("\t", " ")}`);

  // What the edge answers itself, a page may read as well.
  const answered = await principal.evaluate(async (address) => {
    const headers = { "content-type": "application/grpc-web+proto", "x-grpc-web": "1" };
    const answer = await fetch(`${address}/huiying.nothing.v1.NothingService/Do`, { method: "POST", headers, body: new Uint8Array(5) });
    await answer.arrayBuffer();
    return [answer.status, answer.headers.get("content-type"), answer.headers.get("grpc-status")];
  }, edge);
  assert.deepEqual(answered, [200, "application/grpc-web+proto", "12"]);

  // A refusal that is quicker than the request's end is still an answer: it reset one stream in ten before the edge took requests in first.
  const quick = await principal.evaluate(async (address) => {
    const headers = { "content-type": "application/grpc-web+proto", "x-grpc-web": "1", authorization: "Bearer nobody" };
    const method = `${address}/huiying.publication.v1.PublicationService/ApproveStatement`;
    const ask = async () => (await fetch(method, { method: "POST", headers, body: new Uint8Array(120) })).headers.get("grpc-status");
    const seen = [];
    for (let round = 0; round < 50; round++) seen.push(...(await Promise.all([ask(), ask(), ask(), ask()].map((one) => one.catch(String)))));
    return [...new Set(seen)];
  }, edge);
  assert.deepEqual(quick, ["16"]);
  console.log("200 quick refusals: each an answer");

  const auditor = await signedIn(browser, "auditor", "审计人(审计员)");
  await auditor.click("#watch");
  await auditor.getByText("条之后").waitFor();
  const second = await signedIn(browser, "principal", "主要领导(组长)");

  // Who may not; then who may; then a page that has not seen it; then one that has.
  const writer = await signedIn(browser, "writer", "拟稿人(干部)");
  await mine(writer).getByText("批准", { exact: true }).click();
  assertRefused(await refusal(writer), "PermissionDenied", "huiying", "PERMISSION_DENIED", /您的职务没有此项权限/);
  await mine(principal).getByText("批准", { exact: true }).click();
  await mine(principal).getByText("已批准").waitFor();
  console.log("approved");
  await mine(second).getByText("批准", { exact: true }).click();
  assertRefused(await refusal(second), "Aborted", "publication.huiying", "STATEMENT_STALE", /请刷新后再试/);
  await second.click("#refresh");
  await mine(second).getByText("已批准").waitFor();
  await mine(second).getByText("批准", { exact: true }).click();
  assertRefused(await refusal(second), "FailedPrecondition", "publication.huiying", "STATEMENT_STATE", /该发布稿处于“已批准”状态,不能批准/);

  const told = auditor.locator("#facts li", { hasText: `已批准 《${state.title}》` });
  await told.waitFor();
  assert.match(await told.innerText(), /摘要相符/);
  await auditor.locator("#facts li", { hasText: "批准发布稿 被拒: PERMISSION_DENIED" }).waitFor();
  await auditor.locator("#facts li", { hasText: "批准发布稿 被拒: STATEMENT_STATE" }).waitFor();
  console.log(`the stream tells of it:\n  ${(await auditor.locator("#facts").innerText()).replaceAll("\n", "\n  ")}`);
  await second.screenshot({ path: picture });
  await auditor.screenshot({ path: picture.replace(/\.png$/, "-auditor.png") });
} finally {
  await Promise.all([browser.close(), stranger.close()]);
  for (const server of servers) server.close();
}
