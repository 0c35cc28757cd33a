/** What else a change would do, from the effects that the service describes. */
import type { Schemas } from "roster-schema";
import { lossOf } from "../preview/losses.ts";
import type { Directory } from "./directory.ts";
import { type Finding, usedText } from "./findings.ts";
import { memberLeaves } from "./members.ts";
import { keyLost } from "./own-changes.ts";
import { counted, type Phrase, phrase } from "./phrase.ts";

type Effect = Schemas["TrialEffect"];

/** Explains effects. Those on objects that have ended already are left out. */
export class Consequences {
  readonly #directory: Directory;
  readonly #nowMs: number;
  readonly #ended = new Set<string>();

  constructor(directory: Directory, nowMs: number) {
    this.#directory = directory;
    this.#nowMs = nowMs;
  }

  /** Notes an object that a request of the update itself ends. */
  noteEnd(id: string): void {
    this.#ended.add(id);
  }

  /** The findings about the effects of one request. */
  of(effects: readonly Effect[]): Finding[] {
    return effects.flatMap((effect) => {
      const { action, object } = effect;
      // Only a change that rotates a key or a token replaces its secret, and such a change says so itself.
      if (action.endsWith(".replace_secret")) {
        return [];
      }
      const isEnd = lossOf[action] !== undefined;
      if (isEnd && object !== null && this.#ended.has(object.id)) {
        return [];
      }
      if (isEnd && object !== null) {
        this.#ended.add(object.id);
      }
      return this.#findings(effect);
    });
  }

  #findings({ action, object, user, lastUsedAt, recipient, count }: Effect): Finding[] {
    const name = object?.name ?? "";
    const person = user === null ? undefined : this.#directory.nameOf(user);
    const [isWhose, who] = person === undefined ? [[], {}] : [phrase` of ${person}`, { person }];
    switch (lossOf[action]) {
      case "membership": {
        const found = this.#membership(object?.id);
        const member = { person: person ?? name, organization: found?.organization };
        return memberLeaves(member, found?.role, this.#directory, found?.status);
      }
      case "assignment":
        return [keyLost(person ?? name, this.#keyOf(object?.id) ?? name)];
      case "key":
      case "token": {
        const noun = lossOf[action] === "key" ? "key" : "access token";
        const text = phrase`The ${[noun]} ${name}${isWhose} stops working; it was ${usedText(lastUsedAt, this.#nowMs)}.`;
        return [{ group: "secrets", text, ...who, subject: name, marks: ["key-ends"], lastUsedAt }];
      }
      case "session": {
        const text: Phrase = [...counted(count, "session", "sessions"), ...isWhose, count === 1 ? " ends." : " end."];
        return [{ group: "loses", text, ...who }];
      }
      default:
        return [this.#other({ action, name, recipient })];
    }
  }

  #other({ action, name, recipient }: { action: string; name: string; recipient: string | null }): Finding {
    if (action === "mail.send") {
      return {
        group: "mails",
        text: recipient === null ? ["A mail is sent."] : phrase`A mail is sent to ${recipient}.`,
      };
    }
    if (action === "subscription.change") {
      return { group: "other", text: ["The plan changes at Stripe, which can refuse it."] };
    }
    const [kind = "", verb = ""] = action.split(".");
    const what = kind.replaceAll("_", " ");
    return verb === "create"
      ? { group: "gains", text: phrase`The ${[what]} ${name} is created.` }
      : { group: "other", text: phrase`The ${[what]} ${name} also changes (${[verb.replaceAll("_", " ")]}).` };
  }

  #membership(id: string | undefined): Schemas["Membership"] | undefined {
    return this.#directory.estates.flatMap(({ members }) => members).find((one) => one.id === id);
  }

  /** The name of the key of an assignment. */
  #keyOf(assignment: string | undefined): string | undefined {
    const all = this.#directory.estates.flatMap(({ assignments }) => assignments);
    const found = all.find(({ id }) => id === assignment);
    return found && this.#directory.nameOf(found.key);
  }
}
