// All texts that the operator publishes.
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { createProductAgreement, listPublications } from "../../api/calls";
import { idempotencyKeys } from "../../api/client";
import type { Publication } from "../../api/types";
import { FormModal } from "../../ui/form_modal";
import { formatDate } from "../../ui/format";
import type { ListShape } from "../../ui/list_state";
import { useRefusal } from "../../ui/problem_alert";
import { type Column, OrDash, ResourceTable } from "../../ui/resource_table";
import { RouteLink } from "../../ui/route_link";
import { Empty } from "../../ui/states";
import { useLanguage } from "../../ui/use_language";
import { titleIn } from "./titles";

const SHAPE: ListShape = {};
const editorOf = (publication: Publication) => `/operator/publications/${publication.publication_id}`;

export function PublicationsTab() {
  const { t } = useTranslation();
  const language = useLanguage();
  const navigate = useNavigate();
  const [creating, setCreating] = useState(false);
  const columns: Column<Publication>[] = [
    {
      id: "title",
      header: t("publications.title_column"),
      isRowHeader: true,
      minWidth: 200,
      cell: (item) => (
        <RouteLink to={editorOf(item)}>{titleIn(language, item) || t("publications.untitled")}</RouteLink>
      ),
    },
    { id: "kind", header: t("publications.kind"), minWidth: 130, cell: (item) => t(`publication_kinds.${item.kind}`) },
    { id: "product", header: t("publications.product"), cell: (item) => item.product_code ?? <OrDash /> },
    {
      id: "edition",
      header: t("publications.edition"),
      minWidth: 150,
      cell: (item) =>
        item.published_at === undefined ? (
          <StatusIndicator type="stopped">{t("publications.not_published")}</StatusIndicator>
        ) : (
          t("publications.edition_of", {
            edition: item.current_edition,
            date: formatDate(language, item.published_at),
          })
        ),
    },
    {
      id: "draft",
      header: t("publications.draft"),
      cell: (item) =>
        item.has_draft ? (
          <StatusIndicator type="in-progress">{t("publications.has_draft")}</StatusIndicator>
        ) : (
          <OrDash />
        ),
    },
  ];
  return (
    <>
      <ResourceTable
        id="publications"
        title={t("operator.publications")}
        description={t("publications.text")}
        shape={SHAPE}
        columns={columns}
        queryKey={["operator", "publications"]}
        fetchPage={listPublications}
        trackBy={(item) => item.publication_id}
        actions={
          <Button variant="primary" onClick={() => setCreating(true)}>
            {t("publications.create")}
          </Button>
        }
        empty={<Empty title={t("publications.none")} />}
      />
      {creating && (
        <CreateAgreement onCreated={(made) => navigate(editorOf(made))} onClose={() => setCreating(false)} />
      )}
    </>
  );
}

function CreateAgreement({ onCreated, onClose }: { onCreated: (made: Publication) => void; onClose: () => void }) {
  const { t } = useTranslation();
  const [code, setCode] = useState("");
  const [missing, setMissing] = useState(false);
  const [keys] = useState(idempotencyKeys);
  const create = useMutation({
    mutationFn: () => createProductAgreement(code.trim(), keys.keyFor(code.trim())),
    onSuccess: onCreated,
  });
  const { problem, errorOf } = useRefusal(create);
  return (
    <FormModal
      title={t("publications.create")}
      submit={t("common.create")}
      pending={create.isPending}
      problem={problem}
      onClose={onClose}
      onSubmit={() => {
        setMissing(code.trim() === "");
        if (code.trim() !== "") create.mutate();
      }}
    >
      <FormField
        label={t("publications.product")}
        description={t("publications.product_help")}
        errorText={missing ? t("fields.empty") : errorOf("product_code")}
      >
        <Input name="product_code" value={code} onChange={({ detail }) => setCode(detail.value)} />
      </FormField>
    </FormModal>
  );
}
