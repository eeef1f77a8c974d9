// Where the operator writes a text in both languages, looks at it, and publishes it.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams } from "react-router";
import {
  discardPublicationDraft,
  getPublication,
  getPublicationEdition,
  listPublicationEditions,
  publishDraft,
  savePublicationDraft,
} from "../../api/calls";
import type { Language, Publication, PublicationDraft, PublicationEdition } from "../../api/types";
import { InnerPage } from "../../app/inner_page";
import { ProblemPage } from "../../app/problem_page";
import { LANGUAGE_NAMES, LANGUAGES } from "../../i18n";
import { Confirm } from "../../ui/confirm";
import { useFlash } from "../../ui/flash";
import { formatDateTime } from "../../ui/format";
import type { ListShape } from "../../ui/list_state";
import { ProblemAlert, useRefusal } from "../../ui/problem_alert";
import { type Column, ResourceTable } from "../../ui/resource_table";
import { Empty, PageLoading } from "../../ui/states";
import { useLanguage } from "../../ui/use_language";
import { EditionDialog } from "./edition_dialog";
import { titleIn } from "./titles";

const SHAPE: ListShape = { prefix: "editions" };
const WORDS = [
  "service_name",
  "url",
  "operator_name",
  "operator_address",
  "data_location",
  "contact",
  "privacy_contact",
  "security_contact",
];

const keyOf = (id: string) => ["operator", "publication", id] as const;

export function EditPublication() {
  const { publication: id = "" } = useParams();
  const loaded = useQuery({
    queryKey: keyOf(id),
    queryFn: async () => {
      const publication = await getPublication(id);
      const edition = publication.has_draft ? publication.current_edition + 1 : publication.current_edition;
      return { publication, text: await getPublicationEdition(id, edition) };
    },
    // What somebody is writing is not replaced behind their back.
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    gcTime: 0,
  });
  if (loaded.isPending) return <PageLoading />;
  if (loaded.isError) return <ProblemPage error={loaded.error} onRetry={() => loaded.refetch()} />;
  const { publication, text } = loaded.data;
  const { title_ja, title_en, body_ja, body_en } = text;
  return <Editor key={id} loaded={publication} text={{ title_ja, title_en, body_ja, body_en }} />;
}

function Editor({ loaded, text }: { loaded: Publication; text: PublicationDraft }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const flash = useFlash();
  const queryClient = useQueryClient();
  const [publication, setPublication] = useState(loaded);
  const [saved, setSaved] = useState(text);
  const [draft, setDraft] = useState(text);
  const [shown, setShown] = useState<{ edition: number; isToBePublished: boolean } | null>(null);
  const [discarding, setDiscarding] = useState(false);
  const navigate = useNavigate();
  const id = publication.publication_id;
  const isChanged = JSON.stringify(draft) !== JSON.stringify(saved);
  const keep = (now: Publication) => {
    setPublication(now);
    void queryClient.invalidateQueries({ queryKey: ["operator", "publications"] });
    void queryClient.invalidateQueries({ queryKey: ["operator", "publication_editions", id] });
  };
  const save = useMutation({
    mutationFn: async () => {
      const now = isChanged ? await savePublicationDraft(id, publication.version, draft) : publication;
      setSaved(draft);
      keep(now);
      return now;
    },
  });
  const publish = useMutation({
    mutationFn: () => publishDraft(id, publication.version),
    onSuccess: (now) => {
      keep(now);
      void queryClient.invalidateQueries({ queryKey: ["page", now.kind] });
      setShown(null);
      flash({
        type: "success",
        content: t("publications.published_now", { title: titleIn(language, now), edition: now.current_edition }),
      });
    },
    // What is missing stands at its field.
    onError: () => setShown(null),
  });
  const saveThen = (then: (now: Publication) => void) => {
    publish.reset();
    save.mutate(undefined, { onSuccess: then });
  };
  const { problem, errorOf } = useRefusal({ error: save.error ?? publish.error });
  const name = t(`publication_kinds.${publication.kind}`);
  const title = publication.product_code === undefined ? name : `${name} (${publication.product_code})`;
  return (
    <InnerPage
      title={title}
      description={t(publication.current_edition === 0 ? "publications.not_published" : "publications.in_force", {
        edition: publication.current_edition,
      })}
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          {publication.has_draft && (publication.current_edition > 0 || publication.product_code !== undefined) && (
            <Button onClick={() => setDiscarding(true)}>{t("publications.discard")}</Button>
          )}
          <Button
            disabled={!isChanged}
            loading={save.isPending}
            onClick={() => saveThen(() => flash({ type: "success", content: t("publications.saved") }))}
          >
            {t("publications.save")}
          </Button>
          <Button
            disabled={!isChanged && !publication.has_draft}
            onClick={() => saveThen((now) => setShown({ edition: now.current_edition + 1, isToBePublished: false }))}
          >
            {t("publications.preview")}
          </Button>
          <Button
            variant="primary"
            disabled={!isChanged && !publication.has_draft}
            onClick={() => saveThen((now) => setShown({ edition: now.current_edition + 1, isToBePublished: true }))}
          >
            {t("publications.publish")}
          </Button>
        </SpaceBetween>
      }
      way={[
        { text: t("operator.title"), href: "/operator" },
        { text: t("operator.publications"), href: "/operator?tab=publications" },
      ]}
    >
      {problem !== null && <ProblemAlert problem={problem} />}
      {publication.has_draft && (
        <Alert type="info" statusIconAriaLabel={t("common.info")}>
          {t("publications.draft_text")}
        </Alert>
      )}
      <Help />
      <div className="menkyo-languages-apart">
        {LANGUAGES.map((each) => (
          <Fields key={each} language={each} draft={draft} onChange={setDraft} errorOf={errorOf} />
        ))}
      </div>
      <Editions id={id} onShow={(edition) => setShown({ edition, isToBePublished: false })} />
      {discarding && (
        <Confirm
          title={t("publications.discard_title")}
          confirm={t("publications.discard")}
          action={() => discardPublicationDraft(id, publication.version)}
          onClose={() => setDiscarding(false)}
          onDone={() => {
            void queryClient.invalidateQueries({ queryKey: ["operator", "publications"] });
            flash({ type: "success", content: t("publications.discarded") });
            navigate("/operator?tab=publications");
          }}
        >
          {t(publication.current_edition > 0 ? "publications.discard_text" : "publications.discard_all")}
        </Confirm>
      )}
      {shown !== null && (
        <EditionDialog
          publication_id={id}
          edition={shown.edition}
          action={
            shown.isToBePublished && (
              <Button variant="primary" loading={publish.isPending} onClick={() => publish.mutate()}>
                {t("publications.publish")}
              </Button>
            )
          }
          onClose={() => setShown(null)}
        />
      )}
    </InnerPage>
  );
}

interface FieldsProps {
  language: Language;
  draft: PublicationDraft;
  onChange: (draft: PublicationDraft) => void;
  errorOf: (field: keyof PublicationDraft) => string | undefined;
}

function Fields({ language, draft, onChange, errorOf }: FieldsProps) {
  const { t } = useTranslation();
  const title = `title_${language}` as const;
  const body = `body_${language}` as const;
  return (
    <Container header={<Header variant="h2">{LANGUAGE_NAMES[language]}</Header>}>
      <SpaceBetween size="m">
        <FormField label={t("publications.title_column")} errorText={errorOf(title)}>
          <Input
            name={title}
            value={draft[title]}
            onChange={({ detail }) => onChange({ ...draft, [title]: detail.value })}
          />
        </FormField>
        <FormField label={t("publications.body")} errorText={errorOf(body)} stretch>
          <Textarea
            name={body}
            rows={20}
            value={draft[body]}
            onChange={({ detail }) => onChange({ ...draft, [body]: detail.value })}
          />
        </FormField>
      </SpaceBetween>
    </Container>
  );
}

function Help() {
  const { t } = useTranslation();
  return (
    <ExpandableSection headerText={t("publications.help")} variant="footer">
      <Box variant="p">{t("publications.help_markup")}</Box>
      <pre className="menkyo-quoted">
        {"## …\n### …\n\n- …\n\n1. …\n\n**…**   `…`   […](/privacy)   <https://…>   <mailto:…>"}
      </pre>
      <Box variant="p">{t("publications.help_words")}</Box>
      <ul>
        {WORDS.map((word) => (
          <li key={word}>
            <code>{`{${word}}`}</code> {t(`publication_words.${word}`)}
          </li>
        ))}
      </ul>
    </ExpandableSection>
  );
}

function Editions({ id, onShow }: { id: string; onShow: (edition: number) => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const columns: Column<PublicationEdition>[] = [
    {
      id: "edition",
      header: t("publications.edition"),
      isRowHeader: true,
      cell: (item) => t("publications.edition_number", { edition: item.edition }),
    },
    { id: "title", header: t("publications.title_column"), minWidth: 200, cell: (item) => titleIn(language, item) },
    {
      id: "published_at",
      header: t("publications.published_at"),
      minWidth: 150,
      cell: (item) =>
        item.published_at === undefined ? t("publications.draft") : formatDateTime(language, item.published_at),
    },
    {
      id: "actions",
      header: t("common.actions"),
      cell: (item) => (
        <Button
          variant="inline-link"
          ariaLabel={`${t("agreements.read")}: ${t("publications.edition_number", { edition: item.edition })}`}
          onClick={() => onShow(item.edition)}
        >
          {t("agreements.read")}
        </Button>
      ),
    },
  ];
  return (
    <ResourceTable
      id="publication_editions"
      title={t("publications.editions")}
      shape={SHAPE}
      columns={columns}
      queryKey={["operator", "publication_editions", id]}
      fetchPage={(query) => listPublicationEditions(id, query)}
      trackBy={(item) => String(item.edition)}
      empty={<Empty title={t("publications.none")} />}
    />
  );
}
