/** Each rule by a statement that breaks it, and one beside it that doesn't. */
import { describe, expect, test } from "vitest";
import { brokenRules, rules } from "./rules.ts";

/** By rule: what breaks it and nothing else, and what is near that and breaks nothing. */
const cases: Readonly<Record<string, { readonly breaking: readonly string[]; readonly near: readonly string[] }>> = {
  sequence: {
    breaking: [
      "create table a (id serial primary key)",
      "create table a (id pg_catalog.bigserial)",
      "alter table a add column b smallserial",
      "alter table a add column b serial4",
      "create table a (id bigint generated always as identity)",
      "create sequence a",
      "alter sequence a restart",
      "select nextval('a')",
      "insert into a values (pg_catalog.nextval('a'))",
      "create table a (id bigint default nextval('b'))",
    ],
    near: ["create table a (serial bigint primary key)", "select serial, nextval from a where b = 'nextval(1)'"],
  },
  trigger: {
    breaking: [
      "create trigger a after insert on b for each row execute function c()",
      "create event trigger a on ddl_command_start execute function c()",
      "create rule a as on insert to b do nothing",
    ],
    near: ["select trigger from a"],
  },
  function: {
    breaking: [
      "create function a() returns integer language sql as 'select 1'",
      "create or replace procedure a() language plpgsql as 'begin end'",
      "do 'begin end'",
      "call a()",
      "create language a handler b",
    ],
    near: ["select coalesce(a, 1), now() from b"],
  },
  type: {
    breaking: [
      "create type a as enum ('b')",
      "alter type a add value 'b'",
      "create type a as (b integer)",
      "create type a as range (subtype = integer)",
      "create domain a as text",
      "create aggregate a (integer) (sfunc = b, stype = integer)",
    ],
    near: ["select a::jsonb, cast(b as integer) from c"],
  },
  extension: { breaking: ["create extension if not exists pgcrypto"], near: ["create schema pgcrypto"] },
  "partial index": {
    breaking: ["create unique index a on b (c) where d is null"],
    near: ["create unique index a on b (c)", "select a from b where c is null"],
  },
  "index method": {
    breaking: ["create index a on b using gin (c)", "create index a on b using hash (c)"],
    near: ["create index a on b using btree (c desc, d)"],
  },
  "exclusion constraint": {
    breaking: ["alter table a add constraint b exclude using gist (c with =)"],
    near: ["alter table a add constraint b unique (c)", "alter table a add constraint b check (c > 0)"],
  },
  "deferred constraint": {
    breaking: [
      "create table a (b text references c (d) deferrable)",
      "alter table a add constraint b unique (c) deferrable initially deferred",
      "set constraints all deferred",
    ],
    near: ["create table a (b text references c (d) not deferrable)"],
  },
  inheritance: { breaking: ["create table a (b text) inherits (c)"], near: ["create table a (like b)"] },
  "table of a session": {
    breaking: [
      "create temporary table a (b text)",
      "create temp table a as select 1",
      "select * into temp a from b",
      "create unlogged table a (b text)",
    ],
    near: ["create table temporary (b text)", "with a as (select 1 as b) select b from a"],
  },
  notification: {
    breaking: ["listen a", "unlisten *", "notify a, 'b'", "select pg_notify('a', 'b')"],
    near: ["select notify from listen"],
  },
  "advisory lock": {
    breaking: [
      "select pg_advisory_lock(1)",
      "select pg_catalog.pg_advisory_xact_lock(1)",
      "select pg_try_advisory_lock_shared(1, 2)",
      "select pg_advisory_unlock_all()",
    ],
    near: ["select a from b where c = 'pg_advisory_lock(1)' for update"],
  },
  "table lock": {
    breaking: ["lock table a in exclusive mode", "lock a"],
    near: ["select a from lock for update"],
  },
  "lock that doesn't wait": {
    breaking: ["select a from b for update nowait", "select a from b for update of b skip locked"],
    near: ["select a from b for update", "select a from b for no key update"],
  },
  lock_timeout: {
    breaking: ["set lock_timeout = '3s'", "set local lock_timeout to 0", "select set_config('lock_timeout', $1, true)"],
    near: ["set statement_timeout = 3000", "select set_config('statement_timeout', $1, true)"],
  },
  savepoint: {
    breaking: ["savepoint a", "release savepoint a", "rollback to savepoint a"],
    near: ["begin", "commit", "rollback"],
  },
  "two-phase commit": {
    breaking: ["prepare transaction 'a'", "commit prepared 'a'", "rollback prepared 'a'"],
    near: ["prepare a as select 1"],
  },
  "isolation level": {
    breaking: [
      "start transaction isolation level repeatable read",
      "begin isolation level read committed",
      "set transaction isolation level read uncommitted",
    ],
    near: ["start transaction isolation level serializable", "start transaction read only"],
  },
  offset: {
    breaking: ["select a from b offset 10", "select a from (select a from b order by a limit 5 offset $1) as c"],
    near: ["select a from b where (c, d) > ($1, $2) order by c, d limit 10", 'select "offset" from a limit 10'],
  },
  "system column": {
    breaking: [
      "select ctid from a",
      "update a set b = 1 where a.xmin = $1",
      "delete from a using b where a.ctid = b.ctid",
    ],
    near: ["select ctid.a from b as ctid", "select a as ctid from b", "select a.* from a"],
  },
  syntax: {
    breaking: ["selec 1", "merge into a using b on a.c = b.c when matched then delete returning a.c", "select (1"],
    near: ["insert into a values (1) on conflict (b) do update set b = excluded.b returning b"],
  },
};

test("every rule has its cases", () => {
  expect(Object.keys(cases)).toEqual([...rules.map(({ name }) => name), "syntax"]);
});

describe.each(Object.entries(cases))("%s", (name, { breaking, near }) => {
  test.each(breaking)("is broken by: %s", async (text) => {
    expect((await brokenRules(text)).map((rule) => rule.name)).toEqual([name]);
  });

  test.each(near)("is kept by: %s", async (text) => {
    expect(await brokenRules(text)).toEqual([]);
  });
});
