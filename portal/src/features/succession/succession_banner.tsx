// What everybody with a role in an account sees while somebody is to become its administrator, and how to object.
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Textarea from "@cloudscape-design/components/textarea";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { getAnnouncedSuccession, objectToSuccession } from "../../api/calls";
import { asProblem } from "../../api/problem";
import type { AnnouncedSuccession } from "../../api/types";
import { accountKey } from "../../live/keys";
import { useFlash } from "../../ui/flash";
import { FormModal } from "../../ui/form_modal";
import { formatContact, formatDateTime } from "../../ui/format";
import { ProblemAlert, useRefusal } from "../../ui/problem_alert";
import { useLanguage } from "../../ui/use_language";

export function SuccessionBanner({ sa }: { sa: string }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const [objecting, setObjecting] = useState(false);
  const announced = useQuery({ queryKey: accountKey(sa, "succession"), queryFn: () => getAnnouncedSuccession(sa) });
  if (announced.isError)
    return <ProblemAlert problem={asProblem(announced.error)} onRetry={() => announced.refetch()} />;
  const succession = announced.data?.announced;
  if (succession === undefined) return null;
  const at = formatDateTime(language, succession.due_at);
  const { requester } = succession;
  const mayObject = !succession.is_own && (succession.stops || !succession.has_objected);
  return (
    <Alert
      type="warning"
      header={t("successions.banner_title")}
      statusIconAriaLabel={t("common.warning")}
      action={mayObject && <Button onClick={() => setObjecting(true)}>{t("successions.object")}</Button>}
    >
      {succession.is_own
        ? t("successions.banner_own", { at })
        : requester === undefined
          ? t("successions.banner_unnamed", { at })
          : t("successions.banner", { at, name: formatContact(language, requester) })}{" "}
      {succession.has_objected && t("successions.has_objected")}
      {objecting && <ObjectForm sa={sa} succession={succession} onClose={() => setObjecting(false)} />}
    </Alert>
  );
}

interface ObjectFormProps {
  sa: string;
  succession: AnnouncedSuccession;
  onClose: () => void;
}

function ObjectForm({ sa, succession, onClose }: ObjectFormProps) {
  const { t } = useTranslation();
  const flash = useFlash();
  const queryClient = useQueryClient();
  const [text, setText] = useState("");
  const [tried, setTried] = useState(false);
  const object = useMutation({
    mutationFn: () => objectToSuccession(sa, succession.succession_id, text.trim()),
    onSuccess: (now) => {
      onClose();
      flash({ type: "success", content: t("successions.object_done") });
      queryClient.setQueryData(accountKey(sa, "succession"), now);
    },
  });
  const { problem, errorOf } = useRefusal(object);
  return (
    <FormModal
      title={t("successions.object_title")}
      submit={t("successions.object")}
      pending={object.isPending}
      problem={problem}
      onClose={onClose}
      onSubmit={() => {
        setTried(true);
        if (text.trim() !== "") object.mutate();
      }}
    >
      <FormField
        label={t("successions.object_text")}
        description={t(succession.stops ? "successions.object_stops" : "successions.object_tells")}
        errorText={tried && text.trim() === "" ? t("fields.empty") : errorOf("text")}
      >
        <Textarea value={text} onChange={({ detail }) => setText(detail.value)} />
      </FormField>
    </FormModal>
  );
}
