import { spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, chmodSync, constants, existsSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it, onTestFinished } from "vitest";
import { freshFolder, hasQemu, until } from "../test/qemu.ts";
import { accelerators, runsGuests } from "./accelerator.ts";

/** A hypervisor that writes down that it was run, and by which number, and then does this. */
function hypervisor(does: string) {
  const folder = freshFolder("muster-hypervisor-");
  const program = `${folder}/hypervisor`;
  writeFileSync(program, `#!/bin/sh\necho $$ >>${folder}/runs\n${does}\n`);
  chmodSync(program, 0o755);
  // A line that has no end is being written.
  const runs = () =>
    existsSync(`${folder}/runs`) ? readFileSync(`${folder}/runs`, "utf8").split("\n").slice(0, -1) : [];
  return { folder, program, runs };
}

const CANARY_SANG = "exit 85";

describe("whether guests run", () => {
  it.skipIf(!hasQemu)("is found out by running one (needs QEMU)", async () => {
    expect(await runsGuests("qemu-system-x86_64", "tcg")).toBe(true);
  });

  it("is told by the end of the guest, and by no other", async () => {
    expect(await runsGuests(hypervisor(CANARY_SANG).program, "tcg")).toBe(true);
    for (const does of ["exit 0", "exit 1", "kill -9 $$"])
      expect(await runsGuests(hypervisor(does).program, "tcg")).toBe(false);
    expect(await runsGuests("/nowhere/hypervisor", "tcg")).toBe(false);
  });

  it("is known at once where the processor has failed, and nothing stays", async () => {
    const { program, runs } = hypervisor("echo 'KVM internal error. Suberror: 1' >&2; exec sleep 600");
    expect(await runsGuests(program, "kvm")).toBe(false);
    await untilGone(runs()[0]);
  });

  it("is asked by nobody any more when whoever asked was killed", async () => {
    const { program, runs } = hypervisor("exec sleep 600");
    const asks = `import { runsGuests } from ${JSON.stringify(`${import.meta.dirname}/accelerator.ts`)};
      await runsGuests(${JSON.stringify(program)}, "tcg");`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", asks], { stdio: "ignore" });
    onTestFinished(() => void child.kill("SIGKILL"));
    const pid = await until(
      () => runs()[0],
      () => "nothing was run",
    );
    child.kill("SIGKILL");
    await once(child, "exit");
    await untilGone(pid);
  });

  it.skipIf(!isOpen("/dev/kvm"))("is found out once for many who ask, and written down (needs /dev/kvm)", async () => {
    const { folder, program, runs } = hypervisor(CANARY_SANG);
    const best = accelerators(folder);
    expect(await Promise.all([best(program), best(program), best(program)])).toEqual(["kvm", "kvm", "kvm"]);
    expect(await best(program)).toBe("kvm");
    expect(await accelerators(folder)(program)).toBe("kvm");
    expect(runs()).toHaveLength(1);
  });
});

async function untilGone(pid = ""): Promise<void> {
  expect(pid).toMatch(/^\d+$/);
  await until(
    () => (existsSync(`/proc/${pid}`) ? undefined : true),
    () => `${pid} lives still`,
  );
}

function isOpen(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
