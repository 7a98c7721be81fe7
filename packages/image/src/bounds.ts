/** How large things may be. Beyond these, a slip or an attack is likelier than an image of one purpose. */

export const MiB = 2 ** 20;

/** Bytes of `image.json`. */
export const MAX_TEXT = 256 * 1024;
/** Bytes of a kernel. */
export const MAX_KERNEL = 256 * MiB;
/** Bytes of what a kernel unpacks into memory; newc itself ends at 4 GiB for one file. */
export const MAX_INITRD = 2048 * MiB;
/** Files, directories and links in it. */
export const MAX_ENTRIES = 50_000;
/** Bytes of a path in it, as Linux has it. */
export const MAX_PATH = 4095;
/** Bytes of an image's words of the kernel's command line: x86 takes 2047, and whoever boots it has words of its own. */
export const MAX_COMMAND_LINE = 1535;
/** Bytes of `/etc/muster/run`, and of the environment and words in it. */
export const MAX_RUN = 128 * 1024;
/** Names and images in one directory. */
export const MAX_IMAGES = 10_000;
