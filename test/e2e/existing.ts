/** Objects of every kind that are there before a stack takes them over. */
import { expect } from "vitest";
import { type KindDescription, kinds } from "./kinds.ts";
import type { Service } from "./service.ts";

/** Makes them, and shows what has become of them. */
export class ExistingObjects {
  /** The id of each surrounding resource, and of each existing object by the name of the resource that adopts it. */
  readonly ids = new Map<string, string>();
  /** The existing objects as the API has them before anybody adopts them. */
  readonly #found = new Map<string, Record<string, unknown>>();
  readonly #service: Service;

  constructor(service: Service) {
    this.#service = service;
  }

  /** Makes one of each kind, in surroundings whose ids are known. */
  async make(): Promise<void> {
    for (const kind of kinds) {
      await this.#make(kind);
      if (kind.declaration.kind === "Membership") {
        // The record of a membership that has ended stays listed, before the one that has followed it.
        await this.#service.ask("DELETE", this.pathOf(kind));
        await this.#make(kind);
      }
      this.#found.set(kind.declaration.name, await this.objectOf(kind));
    }
  }

  pathOf({ path, declaration }: KindDescription): string {
    return `${path}/${this.ids.get(declaration.name)}`;
  }

  async objectOf(kind: KindDescription): Promise<Record<string, unknown>> {
    const { body } = await this.#service.ask("GET", this.pathOf(kind));
    // What nobody sets: when it was changed, and how many active keys a member has.
    const { updatedAt: _, apiKeyCount: _count, operational: _operational, ...object } = body;
    return object;
  }

  async expectAsFound(): Promise<void> {
    for (const kind of kinds) {
      expect(await this.objectOf(kind), kind.path).toEqual(this.#found.get(kind.declaration.name));
    }
  }

  async #make(kind: KindDescription): Promise<void> {
    const { collection, body, isAlways = false } = kind.existing;
    const place = this.#filled(collection);
    const filled = JSON.parse(this.#filled(JSON.stringify(body)));
    const made = isAlways ? await this.#service.ask("GET", place) : await this.#service.ask("POST", place, filled);
    expect(made.status, JSON.stringify(made.body)).toBe(isAlways ? 200 : 201);
    this.ids.set(kind.declaration.name, String(made.body.id));
    if (isAlways) {
      expect((await this.#service.ask("PATCH", this.pathOf(kind), filled)).status).toBe(200);
    }
  }

  #filled(template: string): string {
    return template.replace(/\{(\w+)\}/g, (_, name) => this.ids.get(name) ?? "");
  }
}
