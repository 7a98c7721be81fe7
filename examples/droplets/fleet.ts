/** A web server in each of several regions, behind one tag: functions and loops are the abstraction. */
import { defineStack, resource } from "@muster/sdk";

const web = resource.tag("web", {});

function server(region: string) {
  return resource.droplet(`web-${region}`, {
    region,
    size: "s-1vcpu-1gb",
    image: "debian-12-x64",
    tags: [web.name],
    protect: true,
    dependsOn: web,
  });
}

const servers = ["lon1", "ams3"].map(server);

export default defineStack({
  stack: "fleet",
  owner: "team-web",
  resources: [
    web,
    servers,
    resource.file("/srv/fleet/hosts", {
      content: servers.map(({ name, out }) => `${out.public_address} ${name}\n`).join(""),
    }),
  ],
});
