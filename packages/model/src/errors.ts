/**
 * The one error table. Every error a person can see has a line here: what happened, and what to do next, with `{words}`
 * filled in where it is raised. The reference (docs/reference/errors.md) is generated from it. A code never changes its
 * meaning; what is no longer raised is taken out. Long, because it is a table: whoever adds a line sees all the others.
 */
interface Entry {
  readonly says: string;
  readonly next: string;
}

export const errorTable = {
  // A declaration, or the command line: nothing has been touched. Exit code 2.
  "usage.unknown-option": { says: "{detail}", next: "Run `{help}` to see what there is." },
  "usage.unknown-command": {
    says: "there is no command `{command}`{nearest}",
    next: "Run `{help}` to see what there is.",
  },
  "usage.missing-argument": { says: "{detail}", next: "Run `{help}` to see what it takes." },
  "usage.bad-value": { says: "{what}: {detail}", next: "Give {wanted}." },
  "usage.not-confirmed": {
    says: "`{command}` asks before it changes anything, and nobody can be asked here",
    next: "Add `--yes`. Nothing was changed.",
  },
  "usage.bytes-on-terminal": {
    says: "what `{command}` gives is for a program, and this is a terminal",
    next: "Add `--out FILE`, or send it on: `{command} … | PROGRAM`. Nothing was asked for.",
  },
  "usage.file-there": {
    says: "there is a file {file} already",
    next: "Name another one; `--force` puts the new one in its place. Nothing was asked for.",
  },
  "declaration.not-found": {
    says: "there is no file {file}",
    next: "Check the path. A stack or a manifest is a .yaml, .json or .ts file.",
  },
  "declaration.not-readable": {
    says: "{file} cannot be read: {detail}",
    next: "Name a file that the user that runs Muster can read.",
  },
  "declaration.too-big": {
    says: "{file} has {bytes} bytes; a declaration has at most {limit}",
    next: "Split it into several stacks.",
  },
  "declaration.not-text": { says: "{file} is not UTF-8 text (byte {offset})", next: "Save it as UTF-8." },
  "declaration.unknown-ending": {
    says: "{file} has a name that does not tell what language it is in",
    next: "Name it .yaml, .json or .ts.",
  },
  "declaration.empty": {
    says: "{file} declares nothing",
    next: "Begin with `stack: NAME`, or `checks:` where nothing is declared; examples/hello and examples/checks have short ones to copy.",
  },
  "declaration.syntax": { says: "this is not {language}: {detail}", next: "Mend the text at this place." },
  "declaration.duplicate-key": {
    says: "the key `{key}` stands twice; first on line {first}",
    next: "Keep one of them.",
  },
  "declaration.unknown-key": { says: "`{key}` is not known here{nearest}", next: "Known here: {known}." },
  "declaration.unknown-kind": {
    says: "this is neither a Muster stack nor an InfraKit group",
    next: "A Muster stack has the key `stack`; an InfraKit group has `ID` and `Properties`; what has `image` is for `muster image build`.",
  },
  "declaration.missing-key": { says: "`{key}` is missing", next: "Add `{key}`: {wanted}." },
  "declaration.wrong-kind": { says: "{what} must be {wanted}, and is {found}", next: "Write {wanted}." },
  "declaration.bad-name": { says: "{what} `{name}` cannot be used as a name", next: "Use {rule}." },
  "declaration.bad-size": {
    says: "a group cannot have {size} members",
    next: "Give a whole number from 0 to {limit}.",
  },
  "declaration.bad-duration": { says: "{what} cannot be {found}: {detail}", next: "{fix}" },
  "declaration.bad-amount": { says: "{what} cannot be {found}: {detail}", next: "{fix}" },
  "declaration.policies-contradict": { says: "group `{group}`: {detail}", next: "{fix}" },
  "declaration.size-and-members": {
    says: "group `{group}` has both `{size}` and `{members}`",
    next: "Keep one: `{size}` for members that are alike, `{members}` for named ones.",
  },
  "declaration.size-or-members": {
    says: "group `{group}` has neither `size` nor `members`",
    next: "Add `size: 1`, or `members: [a, b]`.",
  },
  "declaration.duplicate-member": {
    says: "the member `{member}` stands twice in group `{group}`",
    next: "Names of members are unique within a group.",
  },
  "declaration.unknown-type": {
    says: "there is no type `{name}`{nearest}",
    next: "Known: {known}. A plugin's types are there once it runs: `muster plugin run PLUGIN` (`muster plugin ls` shows which do).",
  },
  "declaration.unknown-flavor": {
    says: "there is no flavor `{name}`{nearest}",
    next: "Known: {known}. A plugin's flavors are there once it runs: `muster plugin run PLUGIN` (`muster plugin ls` shows which do).",
  },
  "declaration.unknown-reference": {
    says: "`${self.{word}}` cannot be answered{nearest}",
    next: "A member knows {known}.",
  },
  "declaration.bad-property": {
    says: "{type}: {what} {detail}",
    next: "`muster explain {type}` tells what it takes.",
  },
  "declaration.bad-content": { says: "{what}: {detail}", next: "{fix}" },
  "declaration.not-for-front": {
    says: "{file} has {why}, so it follows groups, and takes no `{key}`",
    next: "Leave out one of them: without {why} it is a resource like others.",
  },
  "declaration.unknown-resource": { says: "there is no resource `{address}`{nearest}", next: "{fix}" },
  "declaration.unknown-provider": {
    says: "there is no provider `{name}`{nearest}",
    next: "Declare it under `providers`. Known: {known}.",
  },
  "declaration.bad-reference": { says: "`{reference}`: {detail}", next: "{fix}" },
  "declaration.resources-contradict": { says: "`{address}`: {detail}", next: "{fix}" },
  "declaration.ring": {
    says: "each of these must come before the next: {ring}",
    next: "Take out one of them: {edges}.",
  },
  "declaration.not-purgeable": {
    says: "nobody can tell all that there is of `{type}`, and so not what nothing declares",
    next: "{fix}",
  },
  "declaration.not-manageable": { says: "a group cannot be made of {type} like this: {detail}", next: "{fix}" },
  "declaration.refused": { says: "{name} cannot do this: {detail}", next: "Change the declaration." },
  "declaration.not-yet": { says: "`{key}` is not built yet", next: "Leave it out for now." },
  "declaration.no-data": {
    says: "{file} does not give a stack: {detail}",
    next: "`export default defineStack({…})`, with nothing but data in it.",
  },
  "declaration.threw": {
    says: "{file} threw while it was evaluated: {detail}",
    next: "Mend the file; nothing has been touched.",
  },
  "declaration.timeout": {
    says: "{file} was still being evaluated after {seconds} s",
    next: "A stack file only says what is wanted: take out what waits or loops.",
  },
  "declaration.same-stack": {
    says: "{file} and {other} both declare the stack `{stack}`",
    next: "Give each stack one file.",
  },
  "declaration.stack-changed": {
    says: "{file} declares the stack `{after}` now; it was `{before}` when this began",
    next: "Give the stack its name back, or end this `muster watch` and start another.",
  },
  "declaration.dialect-changed": {
    says: "the stack `{stack}` was declared as {before}, and {file} declares it as {after}: its members would not be known again",
    next: "Give the new stack another name, or destroy the old groups first.",
  },
  "declaration.type-changed": {
    says: "group `{group}` is made of {before} and cannot become {after}",
    next: "Declare a new group under another name, and destroy the old one.",
  },
  "declaration.unchangeable": {
    says: "group `{group}`: `{property}` of {type} can never be changed, not by replacing either",
    next: "Leave it as it was; or declare a new group under another name, and destroy the old one.",
  },
  "declaration.bad-manifest": { says: "{what} {detail}", next: "docs/guide/images.md shows whole manifests." },
  "declaration.unknown-check": {
    says: "there is no kind of check `{name}`{nearest}",
    next: "A check begins with what is asked: {known}.",
  },
  "declaration.empty-check": {
    says: "{check} asserts nothing",
    next: "Say what must hold: {known}.",
  },
  "declaration.bad-check": { says: "{check}: {detail}", next: "{fix}" },
  "declaration.bad-story": { says: "{story}: {detail}", next: "{fix}" },
  "declaration.checks-contradict": {
    says: "{check}: `{property}` cannot be both {one} and {other}",
    next: "Keep one of them; the first stands {where}.",
  },
  "settings.unknown-provider": {
    says: "`--set {key}`: there is no provider `{name}`{nearest}",
    next: "Known: {known}.",
  },
  "settings.bad": {
    says: "provider `{name}`: {detail}",
    next: "`muster explain TYPE`, with a type of it, tells its settings.",
  },
  "image.unknown": {
    says: "there is no image `{image}` in {dir}{nearest}",
    next: "`muster image ls` shows what there is; `muster image build FILE` makes one.",
  },
  "image.ambiguous": {
    says: "more than one image begins with `{image}`: {images}",
    next: "Write more of its digest, or its name.",
  },
  "image.bad-name": { says: "`{name}` cannot be the name of an image", next: "Use {rule}." },
  "group.not-found": { says: "there is no group `{group}`{nearest}", next: "`muster group ls` shows what there is." },
  "group.ambiguous": { says: "more than one stack has a group `{group}`: {stacks}", next: "Write STACK/GROUP." },
  "group.named-members": {
    says: "group `{group}` has named members and no size",
    next: "Add or remove names under `members` in its declaration.",
  },
  "group.no-canary": {
    says: "group `{group}` has no canaries that wait to be promoted",
    next: "{fix}",
  },
  "group.paused": {
    says: "group `{group}` is paused: nobody follows its canaries",
    next: "`muster group resume {group}` first, and promote then.",
  },
  "group.canaries-failed": {
    says: "group `{group}` has no good canaries: {detail}",
    next: "Declare something better, go back with `muster group revert {group}`, or try again with `muster group resume {group}`.",
  },
  "group.nothing-to-revert-to": {
    says: "group `{group}` has no earlier version that was carried through to everyone",
    next: "Declare what it is to be, and apply that.",
  },
  "instance.not-found": {
    says: "group `{group}` has no instance `{instance}`{nearest}",
    next: "`muster group describe {group}` shows them. Nothing was changed.",
  },
  "instance.unknown": {
    says: "there is no instance `{instance}`{nearest}",
    next: "`muster instance ls` shows what there is.",
  },
  "instance.ambiguous": {
    says: "more than one instance is called `{instance}`: {instances}",
    next: "Write more of its id; or its group and place, as STACK/GROUP/SLOT.",
  },
  "instance.cannot": {
    says: "{type} has no {verb}{others}: instance `{instance}` cannot be asked for it",
    next: "`muster instance describe {instance}` shows what is known of it; look further with the tools of its own kind.",
  },
  "instance.refused": {
    says: "{verb} of instance `{instance}` is refused: {detail}",
    next: "`muster instance describe {instance}` shows how it is.",
  },
  "instance.irreplaceable": {
    says: "instance `{instance}` cannot be replaced now: {detail}",
    next: "Ask again when that has changed; `--force` destroys it at once, and an equal one is made then.",
  },
  "instance.not-aside": {
    says: "instance `{instance}` cannot be set aside: {detail}",
    next: "Where others are to become ready first, ask again then, or with `--force`; else look into it where it is.",
  },
  "usage.unknown-property": { says: "{type} has no property `{property}`{nearest}", next: "Known: {known}." },
  "thing.not-found": {
    says: "there is no {type} `{name}`{nearest}",
    next: "`muster resource {type}` lists what there is, where it can be listed.",
  },
  "thing.ambiguous": {
    says: "more than one {type} is called `{name}`: {ids}",
    next: "Give the id of the one that is meant.",
  },
  "thing.not-listable": { says: "{type}: what there is cannot be listed: {detail}", next: "{fix}" },
  "thing.not-free": {
    says: "{type} `{name}` belongs to {owner}",
    next: "Change the declaration of stack `{stack}`, and apply that. Nothing was changed.",
  },
  "thing.impossible": { says: "{type} `{name}`: {detail}", next: "{fix} Nothing was changed." },
  "thing.not-declarable": {
    says: "{type} `{name}` cannot be declared as it is: {detail}",
    next: "{fix} Nothing was written.",
  },
  "thing.no-consent": {
    says: "{type} `{name}`: {detail}, and that can never be taken back",
    next: "Add `--allow irreversible` if it is meant. Nothing was changed.",
  },
  "history.no-group": {
    says: "the history tells of no group `{group}`{nearest}",
    next: "`muster events` shows what it tells of.",
  },
  "history.no-stack": {
    says: "the history tells of no stack `{stack}`{nearest}",
    next: "`muster events` shows what it tells of.",
  },
  "history.no-report": { says: "no report of checks is kept{of}", next: "{fix}" },
  "history.too-early": {
    says: "nothing is known of group `{group}` at {at}: its history begins at {begins}",
    next: "Ask for a later time.",
  },

  // Something failed. Exit code 1.
  "stack.held": { says: "stack `{stack}` is held by {holder}", next: "Use that one, or end it first." },
  "stack.lost": {
    says: "this Muster no longer holds stack `{stack}`: {detail}",
    next: "See who does with `muster group ls`, and start again.",
  },
  "group.observed": {
    says: "group `{group}` is only observed: nothing is done to it",
    next: "Declare the stack `{stack}` with `mode: enforce` first; `muster group free {group}` lets go of the group.",
  },
  "group.not-converged": {
    says: "group `{group}` is not as declared: {detail}",
    next: "Mend the cause named here; {serve}`muster group describe {group}` shows how it stands.",
  },
  "group.destroying": {
    says: "group `{group}` is being destroyed, whatever is declared",
    next: "Apply again when it is gone; or {serve}keep what is left of it with `muster group resume {group}`.",
  },
  "rollout.failed": {
    says: "group `{group}` is not as declared: {detail}",
    next: "Declare something better; or {serve}see with `muster group describe {group}` who fails and why, and go back with `muster group revert {group}` or try again with `muster group resume {group}`.",
  },
  "rollout.reverted": {
    says: "group `{group}` is not as declared: {detail}",
    next: "`muster events` tells what happened. Mend the declaration and apply it.",
  },
  "thing.not-as-set": {
    says: "{type} `{name}` was answered for, and is not as it was to be: {detail}",
    next: "`muster resource {type} {name}` shows how it is. Mend the cause, and set it again.",
  },
  "apply.interrupted": {
    says: "ended before the stack `{stack}` was as declared",
    next: "{fix}",
  },
  "apply.left": {
    says: "the Muster at {socket} ended before the stack `{stack}` was as declared",
    next: "What was declared is kept: the next `muster serve` goes on with it.",
  },
  "instance.failed": {
    says: "{verb} of instance `{instance}` failed: {detail}",
    next: "`muster instance describe {instance}` shows how it is. Mend the cause named here, and ask again.",
  },
  "image.changed": {
    says: "image `{image}` is not what its digest says: {part} {detail}",
    next: "It was changed after it was built. Build it again, which puts a whole one in its place; or export it anew from where it is whole.",
  },
  "image.build-failed": {
    says: "`{command}` {detail}",
    next: "Mend what it says. No image was changed.",
  },
  "image.not-bootable": {
    says: "{file} is no kernel that can be booted: {detail}",
    next: "Give an ELF with a PVH note (type 18 of `Xen`), or a kernel of Linux's boot protocol (bzImage).",
  },
  "image.not-static": {
    says: "the program {program} cannot run by itself: {detail}",
    next: "Link it statically (gcc -static, CGO_ENABLED=0 go build): there is no loader and no library in the image.",
  },
  "image.bad-file": { says: "{file} cannot be a part of the image: {detail}", next: "{fix}" },
  "image.no-kernel": {
    says: "there is no kernel {where}",
    next: "Build it first, or name another one with `kernel`; one of Linux can be installed (Debian: linux-image-cloud-amd64).",
  },
  "image.no-module": {
    says: "the module `{module}` is neither built into the kernel nor in {dir}{detail}",
    next: "Give the directory of the kernel's modules with `modules`, or another kernel with `kernel`.",
  },
  "image.too-large": { says: "{what} has {found}, and {limit} at most can be", next: "Leave out what is not needed." },
  "image.ended": {
    says: "`{image}` has ended: {reason}",
    next: "What it printed last stands above. Mend it, and run it again.",
  },
  "image.not-ready": {
    says: "`{image}` is not ready after {within}: {reason}",
    next: "Its `health` says what is asked of it: `muster image inspect`. `--within` gives it longer.",
  },
  "image.not-possible": { says: "{detail}", next: "{fix}" },
  "image.disk": {
    says: "the images in {dir} cannot be reached: {detail}",
    next: "Check the disk and the rights of {dir}; no image was half-made.",
  },
  "instance.not-kept": {
    says: "what {verb} of instance `{instance}` gives cannot be kept in {file}: {detail}",
    next: "Mend the cause, or name another place with `--out`. Nothing half-written is left there.",
  },
  "claim.taken": {
    says: "{type} `{id}` already belongs to {owner}",
    next: "Name another one, or remove it from {owner} first. Nothing was changed.",
  },
  "target.no-members": {
    says: "group `{group}` has no members that could be asked",
    next: "`muster group describe {group}` shows how it stands. Nothing was asked.",
  },
  "target.nothing-found": {
    says: "there is {what} at {target}{nearest}",
    next: "Name something that is there; of a program it is the name of its process. Nothing was written.",
  },
  "daemon.held": {
    says: "another Muster serves {socket}: {holder}",
    next: "Use that one, end it first, or set MUSTER_SOCKET to another path.",
  },
  "checks.not-served": {
    says: "checks cannot be served at {address}: {detail}",
    next: "Name another address, or end what answers there.",
  },
  "daemon.not-running": {
    says: "no Muster is running ({socket})",
    next: "Start one: `muster serve`, or `muster watch FILE`.",
  },
  "daemon.gone": {
    says: "the Muster at {socket} went away before it answered",
    next: "Look with `muster group ls` whether it was taken.",
  },
  "daemon.silent": {
    says: "the Muster at {socket} did not answer within {seconds} s",
    next: "See whether its process is stopped or overloaded; if it was to change something, look with `muster group ls` whether it was taken.",
  },
  "daemon.bad-answer": {
    says: "the Muster at {socket} gave an answer that cannot be understood: {detail}",
    next: "Check that both are of the same version: `muster --version`.",
  },
  "daemon.socket-path": {
    says: "the socket path {path} has {length} bytes; the system allows {limit}",
    next: "Set MUSTER_SOCKET, MUSTER_PLUGIN_DIR or XDG_RUNTIME_DIR to a shorter one.",
  },
  "daemon.unsafe-directory": {
    says: "{path} {detail}",
    next: "It must belong to you and be closed to others: `chmod 700 {path}`.",
  },
  "provider.unavailable": {
    says: "provider `{name}` is not there: {detail}",
    next: "Mend the cause named here, or start its plugin; Muster goes on by itself when it is back.",
  },
  "provider.failed": {
    says: "{name}: {detail}",
    next: "Mend the cause named here; what Muster keeps it tries again by itself.",
  },
  "provider.denied": { says: "{name} refused: {detail}", next: "Give the user that runs Muster the right to do this." },
  "provider.invalid": { says: "{name} cannot do this: {detail}", next: "Change the declaration." },
  "provider.conflict": { says: "{name}: {detail}", next: "It is not Muster's: move it away, or name another." },
  "provider.no-space": { says: "{name}: no room left: {detail}", next: "Make room; Muster goes on by itself." },
  "plugin.not-found": { says: "there is no plugin `{name}`{nearest}", next: "`muster plugin ls` shows what there is." },
  "plugin.unreachable": {
    says: "plugin `{name}` does not answer at {socket}: {detail}",
    next: "Start it again; a stale socket is harmless.",
  },
  "plugin.hangs": {
    says: "plugin `{name}` did not answer a probe within {seconds} s",
    next: "End and start it again; Muster goes on by itself when it answers.",
  },
  "plugin.bad-answer": {
    says: "plugin `{name}` gave an answer to {method} that cannot be used: {detail}",
    next: "Run `muster plugin test {socket}` against it.",
  },
  "plugin.too-big": {
    says: "plugin `{name}` answered {method} with more than {limit} bytes",
    next: "Let it answer in pages.",
  },
  "plugin.version": {
    says: "plugin `{name}` speaks {found}; this Muster speaks {wanted}",
    next: "Use versions that fit each other.",
  },
  "plugin.timeout": {
    says: "plugin `{name}` did not answer {method} within {seconds} s",
    next: "Whether it was done is looked for before anything is tried again.",
  },
  "plugin.failed": {
    says: "plugin `{name}` answered {method} with an error: {detail}",
    next: "Mend the cause named here.",
  },
  "plugin.socket-taken": {
    says: "a plugin already answers at {socket}",
    next: "End it first, or serve under another name.",
  },
  "plugin.not-a-socket": {
    says: "{socket} is there and is not a socket",
    next: "Move it away, or use another name or path.",
  },
  "plugin.not-defined": {
    says: "{file} gives no plugin: {detail}",
    next: "`export default definePlugin({…})`; docs/guide/plugins.md shows a whole one.",
  },
  "plugin.conformance": {
    says: "{failed} of {total} statements of the contract do not hold",
    next: "Each line above says which; docs/guide/plugins.md explains them.",
  },
  "store.failed": {
    says: "the store {path} failed: {detail}",
    next: "Check the disk and the rights of {path}; nothing was half-written.",
  },
  "store.full": {
    says: "there is no room left for the store {path}",
    next: "Make room. Reading goes on; changes are refused until then.",
  },
  "store.version": {
    says: "the store {path} was written by a newer Muster (format {found}, this one knows {known})",
    next: "Use the newer Muster, or another MUSTER_STATE_DIR.",
  },
  "store.not-a-store": {
    says: "{path} is not a store of Muster's: {detail}",
    next: "Move it away, or set MUSTER_STATE_DIR to another directory.",
  },
  "store.missing": {
    says: "there is no store at {path}: nothing was declared here yet",
    next: "`muster watch FILE` begins one; where there is one elsewhere, set MUSTER_STATE_DIR to its directory.",
  },
  "store.in-use": {
    says: "the store {path} is of an older Muster, which still runs: {holder}",
    next: "End that one first: then the store is brought to the form of this Muster. If it is gone, remove {socket}.",
  },
  "stack.observed": {
    says: "the stack `{stack}` is only observed: nothing of it is destroyed",
    next: "Declare `mode: enforce`, and apply that first.",
  },
  "stack.not-found": {
    says: "there is no stack `{stack}`{nearest}",
    next: "`muster stack ls` shows what there is.",
  },
  "resource.protected": {
    says: "`{address}` is protected, and this would destroy it",
    next: "Take `protect` away from it, and apply that first. Nothing was touched.",
  },
  "resource.impossible": { says: "`{address}`: {detail}", next: "{fix} Nothing was touched." },
  "resource.needs-consent": { says: "`{address}`: {detail}", next: "{fix} Nothing was touched." },
  "group.impossible": { says: "group `{group}`: {detail}", next: "{fix} Nothing was touched." },
  "group.needs-consent": { says: "group `{group}`: {detail}", next: "{fix} Nothing was touched." },
  "resource.not-as-declared": {
    says: "stack `{stack}`: {failed} of {all} resources are not as declared: {detail}",
    next: "{fix}",
  },
  "checks.failed": {
    says: "stack `{stack}` is as declared, and {failed} of {all} checks do not hold: {detail}",
    next: "`muster stack describe {stack}` shows how they stand. What was declared is kept.",
  },
  "simulation.no-such-thing": {
    says: "in the simulated world there is no {type} `{id}`{nearest}",
    next: "There are: {known}.",
  },
  "simulation.impossible": {
    says: "in the simulated world no {type} can be so: {detail}",
    next: "Say one that could be there.",
  },
  "plan.stale": {
    says: "the plan of `{stack}` does not hold any more: {detail}",
    next: "Make a new one with `muster plan`, and look at it. Nothing was touched.",
  },
  "try.unknown-word": {
    says: "`{reference}` is no word of a try",
    next: "Known: `${try.id}`, `${try.dir}` (a directory of its own), `${try.platform}`.",
  },
  "try.not-apart": {
    says: "a copy of `{stack}` would not stand apart: {what}: {detail}",
    next: "Change it for copies, under `try: { change: … }`, so that `${try.id}` or `${try.dir}` is in it, or take it out there with `null`; or name it under `asIs`. Nothing was touched.",
  },
  "try.not-muster": {
    says: "{file} is a declaration of InfraKit's: a copy would bear the same marks as the real one",
    next: "Write it as a stack of Muster's to try it. Nothing was touched.",
  },
  "try.not-found": { says: "there is no try `{id}`{nearest}", next: "`muster try ls` shows what there is." },
  "try.running": {
    says: "the try `{id}` is under way: process {pid} sees to it",
    next: "Wait until it has ended, or end that process (Ctrl-C): it takes away what it has made.",
  },
  "try.no-member": {
    says: "the try `{id}` has no member `{member}` that could be asked for {verb}{nearest}",
    next: "There are: {known}.",
  },
  "try.nobody": {
    says: "nobody of the try `{id}` can be asked for {verb}",
    next: "`muster try ls --all` shows what is there and what is over; `muster try show {id}` shows what came of it.",
  },
  "try.which-member": { says: "the try `{id}` has more than one member: {known}", next: "Name the one that is meant." },
  "try.left": {
    says: "not all of the try `{id}` is gone: {detail}",
    next: "See what holds it, and run `muster try destroy {id}` again; the next `muster try` tries it too.",
  },
  "try.bad-record": {
    says: "{file} does not tell of a try: {detail}",
    next: "Was it changed by hand? Put it right, or take it away when nothing is left of that try.",
  },
  "try.late": {
    says: "the step was not done within {within}{standing}",
    next: "Give it more time with `--within`, or find out what holds it up: `--keep on-failure` leaves the copy as it is.",
  },
  "plan.not-a-plan": {
    says: "{file} is no plan that this Muster has saved: {detail}",
    next: "`muster plan FILE --out PLAN` saves one.",
  },
  "store.damaged": {
    says: "the store {path} is damaged: {detail}",
    next: "`muster audit verify` tells where the history is damaged. Go on with a copy of the store from before that.",
  },
  "history.broken": {
    says: "the history of stack `{stack}` does not hold at number {seq}{when}: {detail}",
    next: "What stands from there on cannot be trusted: compare it with a copy of the store that was kept elsewhere.",
  },
  "history.cut": {
    says: "the hash {hash} is not in {of}{dropped}",
    next: "Its end was cut off, or it was written anew: compare it with a copy of the store that was kept elsewhere.",
  },
  "api.bad-request": { says: "the request cannot be understood: {detail}", next: "See docs/reference/api.md." },
  internal: {
    says: "this should not have happened: {detail}",
    next: "It is a defect of Muster's: please report it with the lines above.",
  },

  // Could not tell. Exit code 4.
  "target.untold": {
    says: "it cannot be told of {what} at {target}: {detail}",
    next: "Mend the cause named here, and ask again. Nothing was written.",
  },
  "history.dropped": {
    says: "how group `{group}` stood at {at} is known no more: the history of stack `{stack}` up to {until} was dropped by {actor}",
    next: "Ask for a time after that.",
  },
  "checks.unknown": {
    says: "stack `{stack}` is as declared, and nobody can tell whether {unknown} of {all} checks hold: {detail}",
    next: "`muster stack describe {stack}` shows how they stand. What was declared is kept.",
  },
  "look.failed": {
    says: "{name} could not be looked at: {detail}",
    next: "Nothing is changed where nobody can tell. Mend the cause named here and try again.",
  },
} as const satisfies Record<string, Entry>;

export type ErrorCode = keyof typeof errorTable;

/** Where an error lies. Lines and columns count from 1. */
export interface Place {
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  /** The path within the document: `groups.web.size`. */
  readonly path?: string;
}

export type ErrorWords = Readonly<Record<string, string | number>>;

/** An error a person can see. */
export class MusterError extends Error {
  override readonly name = "MusterError";
  readonly code: ErrorCode;
  /** What to do next. */
  readonly next: string;
  readonly words: ErrorWords;
  readonly place: Place | undefined;

  constructor(code: ErrorCode, words: ErrorWords = {}, options: { place?: Place; cause?: unknown } = {}) {
    super(fill(errorTable[code].says, words), options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.next = fill(errorTable[code].next, words);
    this.words = words;
    this.place = options.place;
  }
}

/** Several errors of one declaration, so that a person can mend them all at once. */
export class MusterErrors extends Error {
  override readonly name = "MusterErrors";
  readonly errors: readonly [MusterError, ...MusterError[]];

  constructor(errors: readonly [MusterError, ...MusterError[]]) {
    super(errors.map((error) => error.message).join("; "));
    this.errors = errors;
  }
}

/** `file:line:column`, as editors understand it; then the path within the document. */
export function placeText(place: Place | undefined): string {
  if (place === undefined) return "";
  const position = [place.file, place.line, place.column].filter((part) => part !== undefined).join(":");
  return [position, place.path ? `(${place.path})` : ""].filter((part) => part !== "").join(" ");
}

/** ` (did you mean `x`?)`, or nothing: the `{nearest}` of the table. */
export function didYouMean(candidate: string | undefined): string {
  return candidate === undefined ? "" : ` (did you mean \`${candidate}\`?)`;
}

/** The message of whatever was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

function fill(template: string, words: ErrorWords): string {
  return template.replaceAll(/\{([a-z]+)\}/g, (whole, word: string) => String(words[word] ?? whole));
}
