import { didYouMean, MusterError, nearest } from "@muster/model";
import type { GroupView, StackKeeper } from "@muster/runtime";
import type { FastifyInstance } from "fastify";
import { type GroupAnswer, type GroupDetail, type GroupRequests, type GroupVerb, PATHS } from "../api.ts";
import type { Stacks } from "../stacks.ts";
import { ASKED, DESTROY_INSTANCES, SCALE } from "./requests.ts";

export interface Named {
  readonly stack: string;
  readonly group: string;
}

export const GROUP = `${PATHS.groups}/:stack/:group`;

export function groupRoutes(app: FastifyInstance, stacks: Stacks): void {
  app.get(PATHS.groups, async () => stacks.all().flatMap((keeper) => keeper.groups()));

  app.get<{ Params: Named }>(GROUP, async ({ params }): Promise<GroupDetail> => {
    const { keeper, view } = find(stacks, params);
    const [policy, whom] = [keeper.policy(view.name), keeper.whom(view.name)];
    return {
      ...{ ...view, ...(policy === undefined ? {} : { policy }), ...(whom === undefined ? {} : { whom }) },
      ...{ members: keeper.members(view.name), seen: keeper.seen(view.name) },
    };
  });

  app.post<To<"scale">>(`${GROUP}/scale`, { schema: SCALE }, ({ params, body }) =>
    steer(stacks, params, (keeper) => keeper.scale(params.group, body.size, by(body))),
  );
  app.post<To<"pause">>(`${GROUP}/pause`, { schema: ASKED }, ({ params, body }) =>
    steer(stacks, params, (keeper) => keeper.pause(params.group, by(body))),
  );
  app.post<To<"resume">>(`${GROUP}/resume`, { schema: ASKED }, ({ params, body }) =>
    steer(stacks, params, (keeper) => keeper.resume(params.group, by(body))),
  );
  app.post<To<"promote">>(`${GROUP}/promote`, { schema: ASKED }, ({ params, body }) =>
    steer(stacks, params, (keeper) => keeper.promote(params.group, by(body))),
  );
  app.post<To<"revert">>(`${GROUP}/revert`, { schema: ASKED }, ({ params, body }) =>
    steer(stacks, params, (keeper) => keeper.revert(params.group, by(body))),
  );
  app.post<To<"free">>(`${GROUP}/free`, { schema: ASKED }, ({ params, body }) =>
    steer(stacks, params, (keeper) => keeper.free(params.group, by(body))),
  );
  app.post<To<"destroy">>(`${GROUP}/destroy`, { schema: ASKED }, ({ params, body }) =>
    steer(stacks, params, (keeper) => keeper.destroy(params.group, by(body))),
  );
  app.post<To<"destroy-instances">>(`${GROUP}/destroy-instances`, { schema: DESTROY_INSTANCES }, ({ params, body }) =>
    steer(stacks, params, (keeper) => keeper.destroyInstances(params.group, body.instances, by(body))),
  );
}

interface To<V extends GroupVerb> {
  readonly Params: Named;
  readonly Body: GroupRequests[V];
}

async function steer(stacks: Stacks, named: Named, run: (keeper: StackKeeper) => Promise<void>): Promise<GroupAnswer> {
  const { keeper } = find(stacks, named);
  const before = keeper.declaration()?.generation;
  await run(keeper);
  const unchanged = keeper.declaration()?.generation === before;
  return { group: viewOf(keeper, named.group) ?? null, unchanged };
}

export function by({ actor }: { readonly actor: string }): string {
  return `user:${actor}`;
}

export function find(
  stacks: Stacks,
  { stack, group }: Named,
): { readonly keeper: StackKeeper; readonly view: GroupView } {
  const keeper = stacks.get(stack);
  const view = keeper === undefined ? undefined : viewOf(keeper, group);
  if (keeper !== undefined && view !== undefined) return { keeper, view };
  const known = stacks.all().flatMap((each) => each.groups().map(({ name }) => `${each.stack}/${name}`));
  const wanted = `${stack}/${group}`;
  throw new MusterError("group.not-found", { group: wanted, nearest: didYouMean(nearest(wanted, known)) });
}

export function viewOf(keeper: StackKeeper, group: string): GroupView | undefined {
  return keeper.groups().find(({ name }) => name === group);
}
