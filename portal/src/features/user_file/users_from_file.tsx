// "Add users from a file": a table of who is to have which role, chosen or pasted, seen row by row before anything is
// changed.
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FileUpload from "@cloudscape-design/components/file-upload";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams } from "react-router";
import { previewUserFile } from "../../api/calls";
import { asProblem } from "../../api/problem";
import { InnerPage } from "../../app/inner_page";
import { ProblemPage } from "../../app/problem_page";
import { formatNumber } from "../../ui/format";
import { ProblemAlert } from "../../ui/problem_alert";
import { saveText } from "../../ui/save_text";
import { PageLoading } from "../../ui/states";
import { useLanguage } from "../../ui/use_language";
import { useAccount } from "../accounts/use_account";
import { useDone } from "../properties/use_done";
import { FileHelp } from "./file_help";
import { decodeFile, type FileEncoding, MOST_BYTES, MOST_CHARACTERS } from "./file_text";
import { Preview } from "./preview";

const COLUMNS = ["mail", "role", "virtual_account", "ends_on"] as const;
// By which Excel knows UTF-8.
const BYTE_ORDER_MARK = "\uFEFF";

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
  const [files, setFiles] = useState<readonly File[]>([]);
  const [unread, setUnread] = useState<string>();
  const [encoding, setEncoding] = useState<FileEncoding>();
  const [text, setText] = useState("");
  const preview = useMutation({
    mutationFn: (text: string) => previewUserFile(sa, { text, time_zone: timeZone() }),
  });
  // What is shown belongs to what stands in the form.
  const edit = (next: string) => {
    setText(next);
    setUnread(undefined);
    preview.reset();
  };
  const choose = async (chosen: readonly File[]) => {
    setFiles(chosen);
    setEncoding(undefined);
    edit("");
    const file = chosen[0];
    if (file === undefined) return;
    const tooLarge = t("user_file.too_large", { formatted: formatNumber(language, MOST_CHARACTERS) });
    if (file.size > MOST_BYTES) return setUnread(tooLarge);
    const read = decodeFile(new Uint8Array(await file.arrayBuffer()));
    if (read === undefined) return setUnread(t("user_file.unreadable"));
    if (read.text.length > MOST_CHARACTERS) return setUnread(tooLarge);
    setEncoding(read.encoding);
    setText(read.text);
    preview.mutate(read.text);
  };
  return (
    <SpaceBetween size="l">
      <Container
        header={
          <Header
            variant="h2"
            actions={
              <Button
                iconName="download"
                onClick={() =>
                  saveText(
                    `${t("user_file.template_name")}.csv`,
                    `${BYTE_ORDER_MARK}${COLUMNS.map((name) => t(`user_file.columns.${name}`)).join(",")}\r\n`,
                  )
                }
              >
                {t("user_file.template")}
              </Button>
            }
          >
            {t("user_file.file")}
          </Header>
        }
        footer={<FileHelp />}
      >
        <SpaceBetween size="l">
          <FormField label={t("user_file.choose")} description={t("user_file.choose_text")}>
            <FileUpload
              accept=".csv,.tsv,.txt,text/csv"
              value={files}
              showFileSize
              errorText={unread}
              constraintText={encoding && t(`user_file.read_as.${encoding}`)}
              i18nStrings={{
                uploadButtonText: () => t("user_file.choose_button"),
                dropzoneText: () => t("user_file.drop"),
                removeFileAriaLabel: () => t("user_file.remove"),
                errorIconAriaLabel: t("common.error"),
              }}
              onChange={({ detail }) => void choose(detail.value)}
            />
          </FormField>
          <FormField label={t("user_file.paste")} description={t("user_file.paste_text")} stretch>
            <Textarea value={text} rows={8} spellcheck={false} onChange={({ detail }) => edit(detail.value)} />
          </FormField>
          <Button
            disabled={text.trim() === ""}
            loading={preview.isPending}
            onClick={() => preview.mutate(text)}
            variant={preview.data === undefined ? "primary" : "normal"}
          >
            {t("user_file.preview_button")}
          </Button>
        </SpaceBetween>
      </Container>
      {preview.isError && (
        <ProblemAlert problem={asProblem(preview.error)} onRetry={() => preview.mutate(preview.variables)} />
      )}
      {preview.data !== undefined && (
        <Preview
          key={preview.submittedAt}
          sa={sa}
          preview={preview.data}
          onAgain={() => preview.mutate(text)}
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
