/** What a type that has tools is held to: those it names work, and nothing else does. */
import { messageOf } from "@muster/model";
import { TOOLS, type Tool, type ToolAsked } from "../contract.ts";
import { TOOL_PATH } from "../wire/methods.ts";
import { demand, NotOffered, type Statement } from "./statement.ts";
import { demandFailure, type Subject } from "./subject.ts";
import { ctx } from "./things.ts";
import { whole } from "./type-console.ts";
import { NOBODY, within } from "./type-streams.ts";

/** A tool may work for so long, in milliseconds: what it writes may be large. */
const LONGEST = 30_000;

type Use = (id: string, asked: ToolAsked) => Promise<Buffer>;

export function toolStatements(subject: Subject): readonly Statement[] {
  const { things, provider, raw } = subject;
  const tools = subject.type.tools ?? [];
  const { tool } = provider;
  if (tool === undefined || tools.length === 0) return [];
  const use: Use = (id, asked) => within(`an end of ${asked.tool}`, whole(tool(id, asked, ctx)), LONGEST);
  const works: readonly Statement[] = tools.map((each) => ({
    says: `the tool ${DOES[each]}`,
    next: `Name \`${each}\` among the tools only where it does this.`,
    async check() {
      const { id } = await things.make();
      const { phase } = await things.until(
        async () => (await things.see(id)) ?? { phase: "starting" },
        (seen) => seen.phase !== "starting",
        "it to have come up",
      );
      if (phase !== "running") throw new NotOffered(`what was made does not run, but is \`${phase}\``);
      await tryTool(each, id, use, subject);
    },
  }));
  return [
    ...works,
    {
      says: "a tool that is not in the list is refused, as `invalid` where there is one of that name",
      next: "Answer an error before anything is done.",
      async check() {
        const { id } = await things.make();
        const other = TOOLS.find((each) => !tools.includes(each));
        if (other !== undefined) await demandFailure("invalid", () => use(id, toTry(other)));
        const asked = { type: subject.type.name, id, tool: "conformance" };
        const { status } = await raw.send(JSON.stringify(asked), { path: TOOL_PATH });
        demand(status >= 400 && status < 500, "a status from 400 to 499", status);
      },
    },
    {
      says: "an argument that a tool does not take is refused as `invalid`",
      next: "`link` takes `up` or `down`, `snapshot` and `restore` a name, and the others nothing: look before anything is done.",
      async check() {
        const { id } = await things.make();
        for (const each of tools) await demandFailure("invalid", () => use(id, { tool: each, argument: "../no" }));
      },
    },
    {
      says: "a tool that is used on what is not there is refused as `invalid`",
      next: "See that there is such a thing before the stream begins, and answer an error of the kind `invalid`.",
      async check() {
        for (const each of tools) await demandFailure("invalid", () => use(NOBODY, toTry(each)));
      },
    },
  ];
}

const DOES: Readonly<Record<Tool, string>> = {
  pause: "`pause` can be used, and a second time",
  continue: "`continue` can be used, whether it is paused or not",
  stats: "`stats` gives a JSON object of numbers",
  trace: "`trace` goes on until nobody reads it any more",
  core: "`core` gives an ELF file",
  gdb: "`gdb` tells what to type",
  link: "`link` can be used, down and up",
  snapshot: "`snapshot` can be used",
  restore: "`restore` takes back what was kept, and refuses as `invalid` what was not",
};

/** A name that no snapshot has yet: nobody but the kit has what was just made. */
const NAME = "conformance";

/** Used so, each changes as little as it can. */
function toTry(tool: Tool): ToolAsked {
  switch (tool) {
    case "link":
      return { tool, argument: "up" };
    case "snapshot":
    case "restore":
      return { tool, argument: NAME };
    default:
      return { tool };
  }
}

async function tryTool(tool: Tool, id: string, use: Use, { provider, things }: Subject): Promise<void> {
  switch (tool) {
    case "pause":
    case "continue":
      await use(id, { tool });
      await use(id, { tool });
      return;
    case "stats":
      demandNumbers((await use(id, { tool })).toString());
      return;
    case "trace": {
      const over = new AbortController();
      const tracing = whole(provider.tool?.(id, { tool }, { signal: over.signal }) ?? []);
      tracing.catch(() => undefined);
      await things.see(id);
      over.abort();
      await within("an end of trace", tracing);
      return;
    }
    case "core": {
      const given = provider.tool?.(id, { tool }, ctx) ?? [];
      const head = await within("an end of core", beginningOf(given, ELF.length), LONGEST);
      demand(head.equals(ELF), "a file that begins as an ELF file", head.toString("hex"));
      return;
    }
    case "gdb":
      demand((await use(id, { tool })).toString().trim() !== "", "a command", "nothing");
      return;
    case "link":
      await use(id, { tool, argument: "down" });
      await use(id, { tool, argument: "up" });
      return;
    case "snapshot":
      await use(id, { tool, argument: NAME });
      return;
    case "restore":
      await demandFailure("invalid", () => use(id, { tool, argument: `${NAME}-not` }));
      await use(id, { tool: "snapshot", argument: NAME });
      await use(id, { tool, argument: NAME });
      return;
  }
}

/** The first bytes; the others are read to their end, however many there are. */
async function beginningOf(pieces: AsyncIterable<Uint8Array> | readonly Uint8Array[], length: number): Promise<Buffer> {
  let head = Buffer.alloc(0);
  for await (const bytes of pieces) {
    if (head.length < length) head = Buffer.concat([head, bytes]).subarray(0, length);
  }
  return head;
}

const ELF = Buffer.from("\x7fELF", "latin1");

function demandNumbers(text: string): void {
  let told: unknown;
  try {
    told = JSON.parse(text);
  } catch (thrown) {
    demand(false, "JSON", messageOf(thrown));
  }
  const isObject = typeof told === "object" && told !== null && !Array.isArray(told);
  demand(isObject && Object.values(told ?? {}).every((each) => typeof each === "number"), "an object of numbers", text);
}
