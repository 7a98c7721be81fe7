/** What must come before what. Pure: the same graph gives the same order. */

/** Each node, and the nodes that must come before it. Names of nodes that are not there are passed over. */
export type Graph = ReadonlyMap<string, Iterable<string>>;

/** The nodes of a ring, each before the next, and the first once more at the end; undefined where there is none. */
export function cycleIn(graph: Graph): readonly string[] | undefined {
  const done = new Set<string>();
  for (const start of graph.keys()) {
    const ring = done.has(start) ? undefined : ringFrom(start, graph, done);
    if (ring !== undefined) return ring;
  }
  return undefined;
}

interface Step {
  readonly node: string;
  readonly before: Iterator<string>;
}

/** Without recursion: a chain may be as long as a stack has resources. */
function ringFrom(start: string, graph: Graph, done: Set<string>): readonly string[] | undefined {
  const way: Step[] = [];
  const on = new Set<string>();
  const enter = (node: string): void => {
    on.add(node);
    way.push({ node, before: (graph.get(node) ?? [])[Symbol.iterator]() });
  };
  enter(start);
  for (let last = way.at(-1); last !== undefined; last = way.at(-1)) {
    const { value, done: over } = last.before.next();
    if (over === true) {
      done.add(last.node);
      on.delete(last.node);
      way.pop();
    } else if (on.has(value)) {
      const from = way.findIndex(({ node }) => node === value);
      // Each step goes to what must come before it; told forwards, the ring reads in the order of doing.
      return [...way.slice(from).map(({ node }) => node), value].toReversed();
    } else if (!done.has(value) && graph.has(value)) {
      enter(value);
    }
  }
  return undefined;
}

/** The nodes, each after all that must come before it, otherwise as they are given. In a ring one comes too early. */
export function inOrder(graph: Graph): readonly string[] {
  const placed = new Set<string>();
  const entered = new Set<string>();
  const enter = (node: string): Step => {
    entered.add(node);
    return stepTo(node, graph);
  };
  for (const start of graph.keys()) {
    const way: Step[] = entered.has(start) ? [] : [enter(start)];
    for (let last = way.at(-1); last !== undefined; last = way.at(-1)) {
      const { value, done } = last.before.next();
      if (done === true) {
        placed.add(last.node);
        way.pop();
      } else if (!entered.has(value) && graph.has(value)) {
        way.push(enter(value));
      }
    }
  }
  return [...placed];
}

function stepTo(node: string, graph: Graph): Step {
  return { node, before: (graph.get(node) ?? [])[Symbol.iterator]() };
}

/** The same nodes, with every arrow turned round: who was last comes first. */
export function turned(graph: Graph): Graph {
  const after = new Map<string, Set<string>>([...graph.keys()].map((node) => [node, new Set()]));
  for (const [node, before] of graph) for (const each of before) after.get(each)?.add(node);
  return after;
}
