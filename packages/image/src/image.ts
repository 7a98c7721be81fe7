/** What an image is: a text that names all of its parts by their digests. The digest of that text is the image's own. */
import type { GuestReady } from "@muster/checks/probes";

/** `sha256:` and 64 hex digits. */
export type Digest = `sha256:${string}`;

export const KINDS = ["unikernel", "linux"] as const;
/** `unikernel`: a kernel that is the program. `linux`: a kernel that boots a small init, which runs one program. */
export type Kind = (typeof KINDS)[number];

/** Everything of an image but the bytes of its parts. Two that differ in anything have another digest. */
export type ImageText = UnikernelText | LinuxText;

export interface UnikernelText extends CommonText {
  readonly kind: "unikernel";
  readonly initrd?: undefined;
}

export interface LinuxText extends CommonText {
  readonly kind: "linux";
  /** What the kernel unpacks into memory. */
  readonly initrd: Digest;
}

interface CommonText {
  readonly v: 1;
  readonly kernel: Digest;
  /** The image's own words of the kernel's command line; whoever boots it puts its own after them. */
  readonly commandLine: string;
  readonly env: Readonly<Record<string, string>>;
  /** Ports that it listens on, inside. */
  readonly ports: readonly number[];
  /** In bytes. */
  readonly memory: number;
  readonly cpus: number;
  /** How one finds out that it does its job. */
  readonly health?: GuestReady;
}

/** An image that is there, with its parts where they lie. */
export interface Image {
  readonly digest: Digest;
  readonly text: ImageText;
  readonly kernel: string;
  readonly initrd?: string;
}

/** Images in one directory, by digest and by name. */
export interface Images {
  readonly dir: string;
  /** What a name means now. Throws `image.unknown`. */
  digestOf(nameOrDigest: string): Digest;
  /** Every part has been read and its digest compared. Throws `image.unknown`, `image.changed`. */
  verified(digest: Digest): Image;
}
