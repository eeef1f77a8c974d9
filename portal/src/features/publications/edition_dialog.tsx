// An edition, or the draft, as people will read it, in each language.
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { getPublicationEdition } from "../../api/calls";
import { asProblem } from "../../api/problem";
import type { Language } from "../../api/types";
import { LANGUAGE_NAMES, LANGUAGES } from "../../i18n";
import { Dialog } from "../../ui/dialog";
import { ProblemAlert } from "../../ui/problem_alert";
import { Empty } from "../../ui/states";
import { useLanguage } from "../../ui/use_language";
import { PublishedText } from "./published_text";
import { titleIn } from "./titles";

interface EditionDialogProps {
  publication_id: string;
  edition: number;
  action?: ReactNode;
  onClose: () => void;
}

export function EditionDialog({ publication_id, edition, action, onClose }: EditionDialogProps) {
  const { t } = useTranslation();
  const [language, setLanguage] = useState<Language>(useLanguage());
  const text = useQuery({
    queryKey: ["operator", "publication_editions", publication_id, "text", edition],
    queryFn: () => getPublicationEdition(publication_id, edition),
  });
  const shown = text.data === undefined ? "" : language === "ja" ? text.data.shown_ja : text.data.shown_en;
  const title = text.data === undefined ? "" : titleIn(language, text.data);
  return (
    <Dialog
      title={title || t("publications.edition_number", { edition })}
      size="large"
      action={action || undefined}
      onClose={onClose}
    >
      <SpaceBetween size="m">
        <SegmentedControl
          label={t("shell.language")}
          selectedId={language}
          options={LANGUAGES.map((id) => ({ id, text: LANGUAGE_NAMES[id] }))}
          onChange={({ detail }) => setLanguage(detail.selectedId === "en" ? "en" : "ja")}
        />
        {text.isPending && <Spinner />}
        {text.isError && <ProblemAlert problem={asProblem(text.error)} onRetry={() => text.refetch()} />}
        {text.data !== undefined && shown === "" && <Empty title={t("publications.empty")} />}
        <div lang={language}>
          <PublishedText source={shown} />
        </div>
      </SpaceBetween>
    </Dialog>
  );
}
