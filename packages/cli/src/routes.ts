/** Which words lead to which command. A command that the words do not lead to is not loaded: every file costs time. */
import { buildRouteMap, type Command, type RouteMap } from "@stricli/core";
import type { Cli } from "./cli.ts";
import { infrakitVerbs } from "./commands/infrakit.ts";

type Target = Command<Cli> | RouteMap<Cli>;

/** Gives what a word stands for, with as much of it as the words after it need. */
type Load<T extends Target = Target> = (words: readonly string[]) => Promise<T>;

interface Docs {
  readonly brief: string;
  readonly fullDescription: string;
}

/** @param otherwise the command that words mean which lead nowhere */
function branch(docs: Docs, loads: Readonly<Record<string, Load>>, otherwise?: string): Load<RouteMap<Cli>> {
  return async ([word = "", ...others]) => {
    const meant = Object.hasOwn(loads, word) || word === "" || word === "--help" ? word : (otherwise ?? word);
    const wanted = Object.entries(loads).filter(([name]) => name === meant);
    // Help, and what to offer for a slip of the hand, take all of them.
    const needed = wanted.length > 0 ? wanted : Object.entries(loads);
    const routes = needed.map(async ([name, load]): Promise<[string, Target]> => [name, await load(others)]);
    const known = { routes: Object.fromEntries(await Promise.all(routes)), docs };
    return buildRouteMap(meant === otherwise ? { ...known, defaultCommand: otherwise } : known);
  };
}

const stack = branch(
  {
    brief: "Look at stacks: how their groups and resources stand",
    fullDescription: "Looks at the stacks that are being kept.\n\nEXAMPLE\n  muster stack ls",
  },
  {
    ls: async () => (await import("./commands/stack-ls.ts")).stackLs,
    describe: async () => (await import("./commands/stack-describe.ts")).stackDescribe,
  },
);

const group = branch(
  {
    brief: "Look at groups and steer them",
    fullDescription: "Looks at the groups that are being kept, and steers them.\n\nEXAMPLE\n  muster group ls",
  },
  {
    ls: async () => (await import("./commands/group-ls.ts")).groupLs,
    describe: async () => (await import("./commands/group-describe.ts")).groupDescribe,
    scale: async () => (await import("./commands/group-scale.ts")).groupScale,
    pause: async () => (await import("./commands/group-pause.ts")).groupPause,
    resume: async () => (await import("./commands/group-resume.ts")).groupResume,
    promote: async () => (await import("./commands/group-promote.ts")).groupPromote,
    revert: async () => (await import("./commands/group-revert.ts")).groupRevert,
    free: async () => (await import("./commands/group-free.ts")).groupFree,
    destroy: async () => (await import("./commands/group-destroy.ts")).groupDestroy,
    logs: async () => (await import("./commands/group-logs.ts")).groupLogs,
    ...Object.fromEntries(
      Object.entries(infrakitVerbs).map(([name, verb]): [string, Load] => [name, async () => verb]),
    ),
  },
);

const instance = branch(
  {
    brief: "Look into single instances",
    fullDescription: "Looks into the instances of groups that are being kept.\n\nEXAMPLE\n  muster instance ls web",
  },
  {
    ls: async () => (await import("./commands/instance-ls.ts")).instanceLs,
    describe: async () => (await import("./commands/instance-describe.ts")).instanceDescribe,
    logs: async () => (await import("./commands/instance-logs.ts")).instanceLogs,
    exec: async () => (await import("./commands/instance-exec.ts")).instanceExec,
    console: async () => (await import("./commands/instance-console.ts")).instanceConsole,
    replace: async () => (await import("./commands/instance-replace.ts")).instanceReplace,
    quarantine: async () => (await import("./commands/instance-quarantine.ts")).instanceQuarantine,
    stats: async () => (await import("./commands/instance-stats.ts")).instanceStats,
    pause: async () => (await import("./commands/instance-pause.ts")).instancePause,
    continue: async () => (await import("./commands/instance-continue.ts")).instanceContinue,
    link: async () => (await import("./commands/instance-link.ts")).instanceLink,
    trace: async () => (await import("./commands/instance-trace.ts")).instanceTrace,
    core: async () => (await import("./commands/instance-core.ts")).instanceCore,
    gdb: async () => (await import("./commands/instance-gdb.ts")).instanceGdb,
    snapshot: async () => (await import("./commands/instance-snapshot.ts")).instanceSnapshot,
    restore: async () => (await import("./commands/instance-restore.ts")).instanceRestore,
  },
);

const image = branch(
  {
    brief: "Build images of one purpose, and look at them",
    fullDescription:
      "Builds images of one purpose, and looks at them: a kernel and what it runs, under one digest.\n\n" +
      "EXAMPLE\n  muster image build hello.yaml",
  },
  {
    build: async () => (await import("./commands/image-build.ts")).imageBuild,
    run: async () => (await import("./commands/image-run.ts")).imageRun,
    ls: async () => (await import("./commands/image-ls.ts")).imageLs,
    inspect: async () => (await import("./commands/image-inspect.ts")).imageInspect,
    verify: async () => (await import("./commands/image-verify.ts")).imageVerify,
    export: async () => (await import("./commands/image-export.ts")).imageExport,
    diff: async () => (await import("./commands/image-diff.ts")).imageDiff,
  },
);

const tries = branch(
  {
    brief: "Try a stack: make a copy of it, check it, and take it away",
    fullDescription:
      "`muster try FILE` is `muster try run FILE`: makes a copy of a stack, checks it, and takes it away again. The others see to\n" +
      "copies that were kept or left behind.\n\nEXAMPLE\n  muster try shop.yaml",
  },
  {
    run: async () => (await import("./commands/try-run.ts")).tryRun,
    ls: async () => (await import("./commands/try-ls.ts")).tryLs,
    show: async () => (await import("./commands/try-show.ts")).tryShow,
    login: async () => (await import("./commands/try-login.ts")).tryLogin,
    logs: async () => (await import("./commands/try-logs.ts")).tryLogs,
    destroy: async () => (await import("./commands/try-destroy.ts")).tryDestroy,
    sweep: async () => (await import("./commands/try-sweep.ts")).trySweep,
  },
  "run",
);

const plugin = branch(
  {
    brief: "Run plugins and ask them",
    fullDescription: "Runs plugins and asks them.\n\nEXAMPLE\n  muster plugin run instance-file --dir ./instances",
  },
  {
    ls: async () => (await import("./commands/plugin-ls.ts")).pluginLs,
    run: async () => (await import("./commands/plugin-run.ts")).pluginRun,
    test: async () => (await import("./commands/plugin-test.ts")).pluginTest,
    call: async () => (await import("./commands/plugin-call.ts")).pluginCall,
  },
);

const audit = branch(
  {
    brief: "Verify the history, and drop what is old",
    fullDescription: "Verifies the history, and drops what is old of it.\n\nEXAMPLE\n  muster audit verify",
  },
  {
    verify: async () => (await import("./commands/audit-verify.ts")).auditVerify,
    prune: async () => (await import("./commands/audit-prune.ts")).auditPrune,
  },
);

const dev = branch(
  {
    brief: "Try Muster out without what costs money",
    fullDescription: "Stands in for what would cost money.\n\nEXAMPLE\n  muster dev digitalocean",
  },
  { digitalocean: async () => (await import("./commands/dev-digitalocean.ts")).devDigitalocean },
);

export const routesFor = branch(
  {
    brief: "Keeps infrastructure as declared, and proves it",
    fullDescription:
      "Keeps infrastructure as declared, and proves it.\n\nEXAMPLE\n  muster watch examples/hello/garethr.json",
  },
  {
    watch: async () => (await import("./commands/watch.ts")).watch,
    serve: async () => (await import("./commands/serve.ts")).serve,
    plan: async () => (await import("./commands/plan.ts")).plan,
    apply: async () => (await import("./commands/apply.ts")).apply,
    verify: async () => (await import("./commands/verify.ts")).verify,
    try: tries,
    discover: async () => (await import("./commands/discover.ts")).discover,
    stories: async () => (await import("./commands/stories.ts")).stories,
    doctor: async () => (await import("./commands/doctor.ts")).doctor,
    drift: async () => (await import("./commands/drift.ts")).drift,
    resource: async () => (await import("./commands/resource.ts")).resource,
    import: async () => (await import("./commands/import.ts")).importThings,
    types: async () => (await import("./commands/types.ts")).types,
    explain: async () => (await import("./commands/explain.ts")).explain,
    schema: async () => (await import("./commands/schema.ts")).schema,
    destroy: async () => (await import("./commands/destroy.ts")).destroy,
    stack,
    group,
    instance,
    image,
    plugin,
    events: async () => (await import("./commands/events.ts")).events,
    history: async () => (await import("./commands/history.ts")).history,
    audit,
    dev,
  },
);
