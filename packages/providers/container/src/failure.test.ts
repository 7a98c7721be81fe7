import { describe, expect, it } from "vitest";
import { refused } from "./failure.ts";

describe("a refusal", () => {
  it.each([
    [404, "No such image: web:1", "retryable"],
    [
      500,
      "driver failed programming external connectivity: Bind for 127.0.0.1:80 failed: port is already allocated",
      "retryable",
    ],
    [500, "cannot listen on the TCP port: listen tcp4 127.0.0.1:80: bind: address already in use", "retryable"],
    [500, "unable to find user web: no matching entries in passwd file", "invalid"],
    [500, 'runc create failed: exec: "nope": executable file not found in $PATH', "invalid"],
    [400, 'runc create failed: exec: "/etc/passwd": permission denied: unknown', "invalid"],
    [500, "write /var/lib/docker/tmp/x: no space left on device", "no-space"],
    [
      500,
      "pull access denied for web, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
      "denied",
    ],
    [500, "toomanyrequests: You have reached your pull rate limit", "retryable"],
    [400, "Minimum memory limit allowed is 6MB", "invalid"],
    [400, 'invalid mount config for type "bind": bind source path does not exist: /data', "retryable"],
    [403, "authorization denied by plugin", "denied"],
    [500, "something that nobody has ever seen", "retryable"],
  ])("%i %s is %s", (status, message, kind) => {
    const failure = refused("it cannot be made", { kind: "refused", status, message });
    expect(failure).toMatchObject({ kind, message: `it cannot be made: ${message}` });
  });

  it("tells no secret, however the engine says it", () => {
    const message = "invalid environment: TOKEN=hunter2hunter, PART=hunter2";
    const failure = refused("no", { kind: "refused", status: 400, message }, ["hunter2", "hunter2hunter", ""]);
    expect(failure.message).toBe("no: invalid environment: TOKEN=…, PART=…");
  });

  it("is told in a line, and not without an end", () => {
    const message = `${"long\n\tand ".repeat(200)}`;
    const { message: told } = refused("no", { kind: "refused", status: 500, message });
    expect(told).not.toContain("\n");
    expect(told.length).toBeLessThan(520);
  });
});
