/** A request that an update would send. */
import type { Attempt } from "../lifecycle/interface.ts";
import type { Change } from "./preview-document.ts";

/** A request that an update would send, with the change that it belongs to. */
export interface PlannedRequest extends Attempt {
  readonly change: Change;
  /** Whether it only has another resource of the stack manage the object. */
  readonly isMove?: true;
}
