// The fields of a form as they are typed, with what was refused of each until it is changed.
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type ApiProblem, fieldError } from "../../api/problem";
import { fieldText } from "../../ui/problem_alert";

export function useEntries<Entries extends object>(initial: Entries) {
  const { t } = useTranslation();
  const [entries, setEntries] = useState(initial);
  const [changed, setChanged] = useState<PropertyKey[]>([]);
  return {
    entries,
    put: (part: Partial<Entries>) => {
      setChanged((before) => [...before, ...Object.keys(part)]);
      setEntries((before) => ({ ...before, ...part }));
    },
    // Called as the form is sent: from now on the answer counts.
    send: () => setChanged([]),
    errorOf: (problem: ApiProblem | null, field: keyof Entries) =>
      changed.includes(field) ? undefined : fieldText(t, fieldError(problem, `/${String(field)}`)),
    // What no field of the form says.
    rest: (problem: ApiProblem | null) =>
      problem?.fields.some((each) => each.path.slice(1) in initial) === true ? null : problem,
  };
}
