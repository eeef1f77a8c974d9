// Whether the operator's staff may help with the users of the account.
import SpaceBetween from "@cloudscape-design/components/space-between";
import Toggle from "@cloudscape-design/components/toggle";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { changeAccountProperties } from "../../api/calls";
import { asProblem } from "../../api/problem";
import type { AccountProperties } from "../../api/types";
import { ProblemAlert } from "../../ui/problem_alert";
import { useDone } from "./use_done";

export function StaffLock({ properties }: { properties: AccountProperties }) {
  const { t } = useTranslation();
  const done = useDone(properties.smart_account_id);
  const save = useMutation({
    mutationFn: (locked_against_staff: boolean) =>
      changeAccountProperties(properties.smart_account_id, properties.version, { locked_against_staff }),
    onSuccess: () => done(t("properties.lock_saved")),
  });
  return (
    <SpaceBetween size="xs">
      {save.isError && <ProblemAlert problem={asProblem(save.error)} />}
      <Toggle
        checked={properties.locked_against_staff}
        disabled={!properties.abilities.includes("account_edit") || save.isPending}
        description={t("properties.lock_text")}
        onChange={({ detail }) => save.mutate(detail.checked)}
      >
        {t("properties.lock")}
      </Toggle>
    </SpaceBetween>
  );
}
