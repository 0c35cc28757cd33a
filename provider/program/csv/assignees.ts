/** The assignee that a row of a CSV file lists. */
import type { As, Assignee } from "../../kinds/api-key-assignees.ts";
import type { PersonField } from "./columns.ts";
import { valueIn } from "./members.ts";
import type { Refuse, Row } from "./people.ts";

/** The fields of a row that are read for an assignee. */
export const assigneeFields = ["email", "was"] as const satisfies readonly PersonField[];

/** Makes the assignee that a row lists, and notes what is wrong with the row. */
export function assigneeIn(row: Row, refuse: Refuse, as: As): Assignee {
  const was = valueIn(row, "was", refuse);
  return was === undefined ? as : { as, was };
}
