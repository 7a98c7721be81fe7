/** The types of DigitalOcean: `droplet`, `digitalocean-domain`, `tag` and `ssh-key`. */
export {};
