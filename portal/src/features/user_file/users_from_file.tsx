// "Add users from a file": a table of who is to have which role, chosen or pasted, seen row by row before anything is
// changed.
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams } from "react-router";
import { previewUserFile } from "../../api/calls";
import { InnerPage } from "../../app/inner_page";
import { ProblemPage } from "../../app/problem_page";
import { formatNumber } from "../../ui/format";
import { PageLoading } from "../../ui/states";
import { type FileText, Template, TextFile } from "../../ui/text_file";
import { useLanguage } from "../../ui/use_language";
import { useAccount } from "../accounts/use_account";
import { useDone } from "../properties/use_done";
import { FileHelp } from "./file_help";
import { Preview } from "./preview";

const COLUMNS = ["mail", "role", "virtual_account", "ends_on"] as const;
// What the server takes at once (max_user_file_characters).
const MOST_CHARACTERS = 200_000;

export function UsersFromFile() {
  const { sa = "" } = useParams();
  const { t } = useTranslation();
  const account = useAccount(sa);
  if (account.isPending) return <PageLoading />;
  if (account.isError) return <ProblemPage error={account.error} onRetry={() => account.refetch()} />;
  return (
    <InnerPage
      title={t("user_file.title")}
      description={t("user_file.description", { account: account.data.name })}
      way={[
        { text: t("manage.title"), href: `/accounts/${sa}/manage` },
        { text: t("users.title"), href: `/accounts/${sa}/manage?tab=users` },
      ]}
    >
      <FileForm key={sa} sa={sa} />
    </InnerPage>
  );
}

function FileForm({ sa }: { sa: string }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const navigate = useNavigate();
  const done = useDone(sa);
  const preview = useMutation({
    mutationFn: ({ text }: FileText) => previewUserFile(sa, { text, time_zone: timeZone() }),
  });
  return (
    <SpaceBetween size="l">
      <TextFile
        description={t("user_file.choose_text")}
        mostCharacters={MOST_CHARACTERS}
        preview={preview}
        actions={
          <Template name={t("user_file.template_name")} columns={COLUMNS.map((name) => t(`user_file.columns.${name}`))}>
            {t("user_file.template")}
          </Template>
        }
        footer={<FileHelp />}
      />
      {preview.data !== undefined && (
        <Preview
          key={preview.submittedAt}
          sa={sa}
          preview={preview.data}
          onAgain={() => preview.mutate(preview.variables)}
          onDone={(count) => {
            done(t("user_file.done", { count, formatted: formatNumber(language, count) }));
            navigate(`/accounts/${sa}/manage?tab=users`);
          }}
        />
      )}
    </SpaceBetween>
  );
}

// By whose clocks the days of the file end, as those of the form for one role do.
function timeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
}
