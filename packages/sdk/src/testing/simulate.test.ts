import { expect, it } from "vitest";
import { simulate } from "./index.ts";

it("tries", async () => {
  const web = (name: string, tags: string[]) => ({
    [name]: { region: "lon1", size: "s-1vcpu-1gb", image: "debian-12-x64", tags },
  });
  const stack = (tags: string[]) =>
    ({ stack: "shop", resources: { droplet: { ...web("a", tags), ...web("b", tags) } } }) as never;
  let t = performance.now();
  const world = await simulate(stack(["x"]));
  console.log("simulate", performance.now() - t);
  t = performance.now();
  const plan = await world.plan();
  console.log("plan", performance.now() - t);
  t = performance.now();
  console.log(JSON.stringify(plan, null, 1));
  await world.apply();
  console.log("apply", performance.now() - t);
  t = performance.now();
  console.log(world.things("droplet"));
  const again = await world.plan(stack(["y"]));
  console.log("plan", performance.now() - t);
  t = performance.now();
  console.log(JSON.stringify(again, null, 1));
  await world.apply(stack(["y"]));
  console.log(
    world.things("droplet"),
    world.events().map((e) => e.message),
  );
  await world.destroyStack();
  expect(world.things("droplet")).toEqual([]);
});
