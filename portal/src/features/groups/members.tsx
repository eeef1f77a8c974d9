// Who is in a group; people come and go while the dialog stays open.
import Badge from "@cloudscape-design/components/badge";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { addUserGroupMember, removeUserGroupMember } from "../../api/calls";
import { idempotencyKeys } from "../../api/client";
import { asProblem, fieldError } from "../../api/problem";
import type { GroupMember, UserGroup } from "../../api/types";
import { Dialog } from "../../ui/dialog";
import { formatName } from "../../ui/format";
import { fieldText, ProblemAlert } from "../../ui/problem_alert";
import { useLanguage } from "../../ui/use_language";
import { isMail } from "../people/is_mail";
import { useGroupMembers } from "./use_groups";

export function Members({ sa, group, onClose }: { sa: string; group: UserGroup; onClose: () => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const queryClient = useQueryClient();
  const query = useGroupMembers(sa, group.user_group_id);
  const refresh = () => queryClient.invalidateQueries({ queryKey: ["account", sa] });
  const remove = useMutation({
    mutationFn: (member: GroupMember) => removeUserGroupMember(sa, group.user_group_id, member.person_id),
    onSuccess: refresh,
  });
  // Whoever was invited has no name yet.
  const called = (member: GroupMember) => (member.family_name === "" ? member.mail : formatName(language, member));
  const failure = remove.isError ? remove.error : query.isError ? query.error : null;
  return (
    <Dialog title={t("groups.members_of", { name: group.name })} onClose={onClose}>
      <SpaceBetween size="l">
        <NewMember sa={sa} group={group} onAdded={refresh} />
        {failure !== null && <ProblemAlert problem={asProblem(failure)} />}
        <Table
          variant="borderless"
          ariaLabels={{ tableLabel: t("groups.members") }}
          loading={query.isPending}
          loadingText={t("common.loading")}
          items={query.data?.items ?? []}
          trackBy={(member) => member.person_id}
          empty={t("groups.no_members")}
          wrapLines
          columnDefinitions={[
            {
              id: "name",
              header: t("users.name"),
              isRowHeader: true,
              minWidth: 130,
              cell: (member) => (
                <>
                  {called(member)} {member.is_invited && <Badge color="blue">{t("users.invited")}</Badge>}
                  {called(member) !== member.mail && (
                    <Box variant="small" display="block" color="text-body-secondary">
                      {member.mail}
                    </Box>
                  )}
                </>
              ),
            },
            {
              id: "actions",
              header: t("common.actions"),
              minWidth: 110,
              cell: (member) => (
                <Button
                  variant="inline-link"
                  ariaLabel={t("groups.remove_of", { name: called(member) })}
                  loading={remove.isPending && remove.variables === member}
                  onClick={() => remove.mutate(member)}
                >
                  {t("groups.remove")}
                </Button>
              ),
            },
          ]}
        />
      </SpaceBetween>
    </Dialog>
  );
}

function NewMember({ sa, group, onAdded }: { sa: string; group: UserGroup; onAdded: () => void }) {
  const { t } = useTranslation();
  const [mail, setMail] = useState("");
  const [tried, setTried] = useState(false);
  const [keys] = useState(idempotencyKeys);
  const add = useMutation({
    mutationFn: (request: { mail: string }) =>
      addUserGroupMember(sa, group.user_group_id, request, keys.keyFor(request)),
    onSuccess: () => {
      setMail("");
      setTried(false);
      // Whoever was taken out can be added again, which is no repeat.
      keys.done();
      onAdded();
    },
  });
  const problem = add.isError ? asProblem(add.error) : null;
  const wrong = problem === null ? undefined : fieldError(problem, "/mail");
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (isMail(mail) && !add.isPending) add.mutate({ mail: mail.trim() });
      }}
    >
      <SpaceBetween size="s">
        {problem !== null && wrong === undefined && <ProblemAlert problem={problem} />}
        <FormField
          label={t("sign_in.mail")}
          description={t("users.mail_help")}
          errorText={tried && !isMail(mail) ? t("sign_in.mail_missing") : fieldText(t, wrong)}
          secondaryControl={<Button loading={add.isPending}>{t("groups.add")}</Button>}
        >
          <Input type="email" name="mail" value={mail} onChange={({ detail }) => setMail(detail.value)} />
        </FormField>
      </SpaceBetween>
    </form>
  );
}
