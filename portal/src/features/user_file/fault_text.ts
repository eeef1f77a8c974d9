import type { TFunction } from "i18next";
import type { UserFileFault } from "../../api/types";

// The words for what is wrong and how to mend it; the server's own sentence when its code has no translation.
export function faultText(t: TFunction, fault: UserFileFault): string {
  const values = { line: fault.same_as_line, column: fault.column, defaultValue: "" };
  const known =
    t(`user_file.row_faults.${fault.column}.${fault.code}`, values) || t(`text_file.faults.${fault.code}`, values);
  return known === "" ? `${fault.column}: ${fault.detail}` : known;
}
