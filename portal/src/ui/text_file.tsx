// A table as text: chosen as a file or pasted, mended where it stands, and previewed before anything is changed.
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FileUpload from "@cloudscape-design/components/file-upload";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import type { UseMutationResult } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "../api/problem";
import { decodeFile, type FileEncoding, MOST_BYTES_OF_CHARACTER } from "./file_text";
import { formatNumber } from "./format";
import { ProblemAlert } from "./problem_alert";
import { saveText } from "./save_text";
import { useLanguage } from "./use_language";

export interface FileText {
  text: string;
  // Of the file; undefined for what was pasted.
  name: string | undefined;
}

interface TextFileProps<P> {
  // Which files may be chosen.
  description: string;
  mostCharacters: number;
  // What is shown belongs to what stands in the form: it is forgotten when that changes.
  preview: UseMutationResult<P, Error, FileText>;
  actions?: ReactNode;
  footer?: ReactNode;
}

export function TextFile<P>({ description, mostCharacters, preview, actions, footer }: TextFileProps<P>) {
  const { t } = useTranslation();
  const language = useLanguage();
  const [files, setFiles] = useState<readonly File[]>([]);
  const [unread, setUnread] = useState<string>();
  const [encoding, setEncoding] = useState<FileEncoding>();
  const [text, setText] = useState("");
  const name = files[0]?.name;
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
    const tooLarge = t("text_file.too_large", { formatted: formatNumber(language, mostCharacters) });
    if (file.size > MOST_BYTES_OF_CHARACTER * mostCharacters) return setUnread(tooLarge);
    const read = decodeFile(new Uint8Array(await file.arrayBuffer()));
    if (read === undefined) return setUnread(t("text_file.unreadable"));
    if (read.text.length > mostCharacters) return setUnread(tooLarge);
    setEncoding(read.encoding);
    setText(read.text);
    preview.mutate({ text: read.text, name: file.name });
  };
  return (
    <>
      <Container
        header={
          <Header variant="h2" actions={actions}>
            {t("text_file.file")}
          </Header>
        }
        footer={footer}
      >
        <SpaceBetween size="l">
          <FormField label={t("text_file.choose")} description={description}>
            <FileUpload
              accept=".csv,.tsv,.txt,text/csv"
              value={files}
              showFileSize
              errorText={unread}
              constraintText={encoding && t(`text_file.read_as.${encoding}`)}
              i18nStrings={{
                uploadButtonText: () => t("text_file.choose_button"),
                dropzoneText: () => t("text_file.drop"),
                removeFileAriaLabel: () => t("text_file.remove"),
                errorIconAriaLabel: t("common.error"),
              }}
              onChange={({ detail }) => void choose(detail.value)}
            />
          </FormField>
          <FormField label={t("text_file.paste")} description={t("text_file.paste_text")} stretch>
            <Textarea value={text} rows={8} spellcheck={false} onChange={({ detail }) => edit(detail.value)} />
          </FormField>
          <Button
            disabled={text.trim() === ""}
            loading={preview.isPending}
            onClick={() => preview.mutate({ text, name })}
            variant={preview.data === undefined ? "primary" : "normal"}
          >
            {t("text_file.preview_button")}
          </Button>
        </SpaceBetween>
      </Container>
      {preview.isError && (
        <ProblemAlert problem={asProblem(preview.error)} onRetry={() => preview.mutate(preview.variables)} />
      )}
    </>
  );
}

// By which Excel knows UTF-8.
const BYTE_ORDER_MARK = "\uFEFF";

// A file with nothing but the names of the columns.
export function Template({ name, columns, children }: { name: string; columns: string[]; children: string }) {
  return (
    <Button iconName="download" onClick={() => saveText(`${name}.csv`, `${BYTE_ORDER_MARK}${columns.join(",")}\r\n`)}>
      {children}
    </Button>
  );
}
