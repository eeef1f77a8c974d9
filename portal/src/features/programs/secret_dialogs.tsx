// A program's secret: how a new one follows the present ones, and the one time it is shown.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import FormField from "@cloudscape-design/components/form-field";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Modal from "@cloudscape-design/components/modal";
import RadioGroup from "@cloudscape-design/components/radio-group";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { makeProgramSecret } from "../../api/calls";
import { idempotencyKeys } from "../../api/client";
import { asProblem } from "../../api/problem";
import type { MadeProgram, Program } from "../../api/types";
import { FormModal } from "../../ui/form_modal";

const OVERLAP_HOURS = [0, 1, 24, 168, 720];

interface RotateFormProps {
  item: Program;
  onMade: (made: MadeProgram) => void;
  onClose: () => void;
}

export function RotateForm({ item, onMade, onClose }: RotateFormProps) {
  const { t } = useTranslation();
  const [hours, setHours] = useState(24);
  const [keys] = useState(idempotencyKeys);
  const make = useMutation({
    mutationFn: (overlap_hours: number) =>
      makeProgramSecret(item.program_id, overlap_hours, keys.keyFor({ overlap_hours })),
    onSuccess: onMade,
  });
  return (
    <FormModal
      title={t("programs.rotate_title", { name: item.name })}
      submit={t("programs.rotate")}
      pending={make.isPending}
      problem={make.isError ? asProblem(make.error) : null}
      onSubmit={() => make.mutate(hours)}
      onClose={onClose}
    >
      <FormField label={t("programs.overlap")} description={t("programs.rotate_text")}>
        <RadioGroup
          value={String(hours)}
          items={OVERLAP_HOURS.map((each) => ({ value: String(each), label: t(`programs.overlaps.${each}`) }))}
          onChange={({ detail }) => setHours(Number(detail.value))}
        />
      </FormField>
    </FormModal>
  );
}

function Copyable({ text }: { text: string }) {
  const { t } = useTranslation();
  return (
    <CopyToClipboard
      variant="inline"
      copyButtonAriaLabel={t("programs.copy")}
      copySuccessText={t("programs.copied")}
      copyErrorText={t("programs.copy_failed")}
      textToDisplay={<code className="menkyo-token">{text}</code>}
      textToCopy={text}
    />
  );
}

export function ShowSecret({ made, onClose }: { made: MadeProgram; onClose: () => void }) {
  const { t } = useTranslation();
  const { program, client_secret } = made;
  const call = `curl -u '${program.program_id}:${client_secret}' -d grant_type=client_credentials ${window.location.origin}/oauth2/token`;
  return (
    <Modal
      visible
      header={t("programs.secret_made", { name: program.name })}
      closeAriaLabel={t("common.close")}
      onDismiss={onClose}
      footer={
        <Box float="right">
          <Button variant="primary" onClick={onClose}>
            {t("common.close")}
          </Button>
        </Box>
      }
    >
      <SpaceBetween size="l">
        <Alert type="warning">{t("programs.secret_once")}</Alert>
        <KeyValuePairs
          items={[
            { label: t("programs.client_id"), value: <Copyable text={program.program_id} /> },
            { label: t("programs.secret"), value: <Copyable text={client_secret} /> },
            { label: t("programs.how"), value: <Copyable text={call} /> },
          ]}
        />
      </SpaceBetween>
    </Modal>
  );
}
