// Who is invited when the account becomes active.
import AttributeEditor from "@cloudscape-design/components/attribute-editor";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import { useTranslation } from "react-i18next";
import type { Role } from "../../api/types";
import { needsVirtualAccount, ROLES } from "../accounts/roles";
import { isMail } from "../people/is_mail";

export interface Member {
  mail: string;
  role: Role;
}

const MOST = 50;

export const wrongMembers = (members: Member[]) => members.filter((each) => !isMail(each.mail));

interface MembersFieldProps {
  members: Member[];
  // What is told while there is nobody.
  empty: string;
  tried: boolean;
  errorOf: (index: number) => string | undefined;
  onChange: (members: Member[]) => void;
}

export function MembersField({ members, empty, tried, errorOf, onChange }: MembersFieldProps) {
  const { t } = useTranslation();
  const put = (index: number, change: Partial<Member>) =>
    onChange(members.map((each, i) => (i === index ? { ...each, ...change } : each)));
  // Roles on a virtual account are for DEFAULT, the only one that a new account has.
  const labelOf = (role: Role) =>
    needsVirtualAccount(role)
      ? t("users.grant", { role: t(`roles.${role}`), scope: "DEFAULT" })
      : t("users.grant", { role: t(`roles.${role}`), scope: t("users.whole_account") });
  return (
    <AttributeEditor
      items={members}
      empty={empty}
      addButtonText={t("founding.add_member")}
      removeButtonText={t("founding.remove_member")}
      disableAddButton={members.length >= MOST}
      onAddButtonClick={() => onChange([...members, { mail: "", role: "sa_user" }])}
      onRemoveButtonClick={({ detail }) => onChange(members.filter((_, i) => i !== detail.itemIndex))}
      definition={[
        {
          label: t("sign_in.mail"),
          control: (item, index) => (
            <Input
              type="email"
              ariaLabel={t("sign_in.mail")}
              value={item.mail}
              onChange={({ detail }) => put(index, { mail: detail.value })}
            />
          ),
          errorText: (item, index) =>
            tried && !isMail(item.mail) ? t("sign_in.mail_missing") : (errorOf(index) ?? null),
        },
        {
          label: t("users.role"),
          control: (item, index) => (
            <Select
              ariaLabel={t("users.role")}
              selectedOption={{ value: item.role, label: labelOf(item.role) }}
              options={ROLES.map((value) => ({
                value,
                label: labelOf(value),
                description: t(`role_texts.${value}`),
              }))}
              expandToViewport
              onChange={({ detail }) =>
                put(index, { role: ROLES.find((each) => each === detail.selectedOption.value) ?? "sa_user" })
              }
            />
          ),
        },
      ]}
    />
  );
}
