/** One line of what was printed, without what may not be shown. Of what is hidden it may have any line. */
export function masked(line: string, hidden: readonly string[]): string {
  return hidden
    .flatMap(linesOf)
    .toSorted(longerFirst)
    .reduce((shown, secret) => shown.replaceAll(secret, "***"), line);
}

function linesOf(text: string): readonly string[] {
  return text.split(/[\r\n]+/).flatMap((line) => line.trim() || []);
}

function longerFirst(a: string, b: string): number {
  return b.length - a.length;
}
