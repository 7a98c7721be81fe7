/** What differs between two texts, line by line, with a little of what is around it. */

/** So many equal lines are shown before and after what differs. */
const AROUND = 2;
/** Beyond so many pairs of lines (2000 by 2000), what differs is told as a whole. */
const MOST_PAIRS = 4_000_000;

interface Line {
  readonly sign: " " | "-" | "+";
  readonly text: string;
}

/** Lines that begin with a blank, `-` or `+`; `…` stands for equal lines that are left out. */
export function lineDifference(before: string, after: string): readonly string[] {
  const lines = alignedLines(linesOf(before), linesOf(after));
  const isNear = (at: number) =>
    lines.slice(Math.max(0, at - AROUND), at + AROUND + 1).some(({ sign }) => sign !== " ");
  return lines.flatMap(({ sign, text }, at) => {
    if (isNear(at)) return [`${sign} ${text}`];
    return at === 0 || isNear(at - 1) ? ["…"] : [];
  });
}

/** A last line that has no end is another line than one that has. */
function linesOf(text: string): readonly string[] {
  const lines = text.split("\n");
  const last = lines.pop() ?? "";
  return last === "" ? lines : [...lines, `${last} (no line break at the end)`];
}

function alignedLines(before: readonly string[], after: readonly string[]): readonly Line[] {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  const same = (lines: readonly string[]): readonly Line[] => lines.map((text) => ({ sign: " ", text }));
  return [
    ...same(before.slice(0, head)),
    ...changedLines(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...same(before.slice(before.length - tail)),
  ];
}

/** Along a longest common subsequence. */
function changedLines(before: readonly string[], after: readonly string[]): readonly Line[] {
  const gone = (text: string): Line => ({ sign: "-", text });
  const come = (text: string): Line => ({ sign: "+", text });
  if (before.length * after.length > MOST_PAIRS) return [...before.map(gone), ...after.map(come)];
  const width = after.length + 1;
  const longest = new Uint32Array((before.length + 1) * width);
  const at = (a: number, b: number) => longest[a * width + b] ?? 0;
  for (let a = before.length - 1; a >= 0; a--) {
    for (let b = after.length - 1; b >= 0; b--) {
      longest[a * width + b] = before[a] === after[b] ? at(a + 1, b + 1) + 1 : Math.max(at(a + 1, b), at(a, b + 1));
    }
  }
  const lines: Line[] = [];
  let [a, b] = [0, 0];
  while (a < before.length || b < after.length) {
    const [was = "", is = ""] = [before[a], after[b]];
    if (a < before.length && b < after.length && was === is) {
      lines.push({ sign: " ", text: was });
      a++;
      b++;
    } else if (a < before.length && (b === after.length || at(a + 1, b) >= at(a, b + 1))) {
      lines.push(gone(was));
      a++;
    } else {
      lines.push(come(is));
      b++;
    }
  }
  return lines;
}
