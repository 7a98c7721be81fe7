/** A public key that nobody has the other half of. */
export function publicKey(whose: string): string {
  const type = "ssh-ed25519";
  const length = (count: number) => Buffer.from([0, 0, 0, count]);
  const key = Buffer.alloc(32, whose);
  const blob = Buffer.concat([length(type.length), Buffer.from(type), length(key.length), key]);
  return `${type} ${blob.toString("base64")} ${whose}`;
}
