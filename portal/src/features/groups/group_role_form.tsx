import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { grantUserGroupRole } from "../../api/calls";
import { idempotencyKeys } from "../../api/client";
import type { NewGroupGrant, UserGroup, VirtualAccount } from "../../api/types";
import { FormModal } from "../../ui/form_modal";
import { useRefusal } from "../../ui/problem_alert";
import { NO_ROLE_YET, RoleFields, roleOf } from "../accounts/role_fields";

interface GroupRoleFormProps {
  sa: string;
  group: UserGroup;
  virtualAccounts: VirtualAccount[];
  onSaved: (saved: UserGroup) => void;
  onClose: () => void;
}

export function GroupRoleForm({ sa, group, virtualAccounts, onSaved, onClose }: GroupRoleFormProps) {
  const { t } = useTranslation();
  const [entry, setEntry] = useState(NO_ROLE_YET);
  const [tried, setTried] = useState(false);
  const [keys] = useState(idempotencyKeys);
  const grant = useMutation({
    mutationFn: (request: NewGroupGrant) => grantUserGroupRole(sa, group.user_group_id, request, keys.keyFor(request)),
    onSuccess: onSaved,
  });
  const { problem, errorOf } = useRefusal(grant);
  return (
    <FormModal
      title={t("groups.add_role_title", { name: group.name })}
      submit={t("users.grant_submit")}
      pending={grant.isPending}
      problem={problem}
      onClose={onClose}
      onSubmit={() => {
        setTried(true);
        const role = roleOf(entry);
        if (role !== undefined) grant.mutate(role);
      }}
    >
      <RoleFields entry={entry} virtualAccounts={virtualAccounts} tried={tried} errorOf={errorOf} onChange={setEntry} />
    </FormModal>
  );
}
