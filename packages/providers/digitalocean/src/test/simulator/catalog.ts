/** What an account can choose from. Invented, in the shape of what DigitalOcean sells: prices in US dollars, disks in GB. */

export interface Region {
  readonly slug: string;
  readonly name: string;
  readonly features: readonly string[];
  readonly available: boolean;
}

export interface Size {
  readonly slug: string;
  /** Megabytes. */
  readonly memory: number;
  readonly vcpus: number;
  readonly disk: number;
  /** Terabytes. */
  readonly transfer: number;
  readonly monthly: number;
  readonly regions: readonly string[];
  readonly description: string;
  readonly gpu?: { readonly count: number; readonly model: string; readonly vram: number };
}

export interface Image {
  readonly id: number;
  /** Missing for what an account made itself. */
  readonly slug?: string;
  readonly name: string;
  readonly distribution: string;
  readonly type: "base" | "snapshot" | "backup";
  /** Listed among applications. */
  readonly isApplication?: boolean;
  readonly regions: readonly string[];
  readonly createdAt: number;
  readonly minDisk: number;
  readonly gigabytes: number;
  /** The droplet that it was taken of. */
  readonly droplet?: number;
}

const EVERY_FEATURE = ["private_networking", "backups", "ipv6", "metadata", "install_agent", "storage"];

export const REGIONS: readonly Region[] = [
  { slug: "nyc1", name: "New York 1", features: EVERY_FEATURE, available: true },
  { slug: "nyc3", name: "New York 3", features: EVERY_FEATURE, available: true },
  { slug: "lon1", name: "London 1", features: EVERY_FEATURE, available: true },
  { slug: "ams3", name: "Amsterdam 3", features: EVERY_FEATURE, available: true },
  { slug: "fra1", name: "Frankfurt 1", features: EVERY_FEATURE, available: true },
  // Closed to new droplets.
  { slug: "ams2", name: "Amsterdam 2", features: ["private_networking", "metadata"], available: false },
];

const EVERYWHERE = ["nyc1", "nyc3", "lon1", "ams3", "fra1"];

export const SIZES: readonly Size[] = [
  basic("s-1vcpu-512mb-10gb", 512, 1, 10, 0.5, 4, ["nyc1", "fra1", "ams3"]),
  basic("s-1vcpu-1gb", 1024, 1, 25, 1, 6),
  basic("s-1vcpu-2gb", 2048, 1, 50, 2, 12),
  basic("s-2vcpu-2gb", 2048, 2, 60, 3, 18),
  basic("s-2vcpu-4gb", 4096, 2, 80, 4, 24),
  basic("s-4vcpu-8gb", 8192, 4, 160, 5, 48),
  { ...basic("c-2", 4096, 2, 25, 4, 42, ["nyc3", "fra1"]), description: "CPU-Optimized" },
  {
    ...basic("gpu-h100x1-80gb", 245_760, 20, 720, 15, 2500, ["nyc3"]),
    description: "H100 GPU - 1X",
    gpu: { count: 1, model: "nvidia_h100", vram: 80 },
  },
];

export const IMAGES: readonly Image[] = [
  base(4001, "debian-12-x64", "12 x64", "Debian", 7),
  base(4002, "debian-13-x64", "13 x64", "Debian", 10),
  base(4003, "ubuntu-24-04-x64", "24.04 (LTS) x64", "Ubuntu", 7),
  base(4004, "fedora-42-x64", "42 x64", "Fedora", 15),
  { ...base(4005, "docker-20-04", "Docker on Ubuntu", "Ubuntu", 25), isApplication: true },
  { ...base(4006, "rockylinux-9-x64", "9 x64", "Rocky Linux", 10), regions: ["nyc1", "nyc3", "fra1"] },
];

function basic(
  slug: string,
  memory: number,
  vcpus: number,
  disk: number,
  transfer: number,
  monthly: number,
  regions: readonly string[] = EVERYWHERE,
): Size {
  return { slug, memory, vcpus, disk, transfer, monthly, regions, description: "Basic" };
}

function base(id: number, slug: string, name: string, distribution: string, minDisk: number): Image {
  const createdAt = Date.UTC(2025, 5, 1);
  return {
    id,
    slug,
    name,
    distribution,
    type: "base",
    regions: EVERYWHERE,
    createdAt,
    minDisk,
    gigabytes: minDisk / 4,
  };
}
