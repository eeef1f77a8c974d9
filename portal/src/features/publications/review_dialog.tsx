// An agreement to read and, while nobody has accepted it for the account, to accept.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { acceptAgreement, getAgreement } from "../../api/calls";
import { asProblem } from "../../api/problem";
import type { Agreement } from "../../api/types";
import { accountKey } from "../../live/keys";
import { Dialog } from "../../ui/dialog";
import { formatDate } from "../../ui/format";
import { ProblemAlert } from "../../ui/problem_alert";
import { useLanguage } from "../../ui/use_language";
import { useDone } from "../properties/use_done";
import { PublishedText } from "./published_text";
import { bodyIn, titleIn } from "./titles";

interface ReviewDialogProps {
  sa: string;
  agreement: Agreement;
  // Only the edition in force can be accepted.
  isInForce: boolean;
  onClose: () => void;
}

export function ReviewDialog({ sa, agreement, isInForce, onClose }: ReviewDialogProps) {
  const { t } = useTranslation();
  const language = useLanguage();
  const done = useDone(sa);
  const { publication_id, edition } = agreement;
  const [ticked, setTicked] = useState(false);
  const text = useQuery({
    queryKey: accountKey(sa, "agreements", "", publication_id, edition),
    queryFn: () => getAgreement(sa, publication_id, edition),
  });
  const accept = useMutation({
    mutationFn: () => acceptAgreement(sa, publication_id, edition),
    onSuccess: () => {
      onClose();
      done(t("agreements.accepted_now", { title: titleIn(language, agreement) }));
    },
  });
  const isOpen = isInForce && agreement.accepted_at === undefined;
  const isTicked = agreement.kind === "account_agreement" || ticked;
  const problem = text.isError ? asProblem(text.error) : accept.isError ? asProblem(accept.error) : null;
  return (
    <Dialog
      title={titleIn(language, agreement)}
      size="large"
      onClose={onClose}
      action={
        isOpen ? (
          <Button
            variant="primary"
            loading={accept.isPending}
            disabled={!isTicked || text.data === undefined}
            onClick={() => accept.mutate()}
          >
            {t(`agreements.accept.${agreement.kind}`)}
          </Button>
        ) : undefined
      }
    >
      <SpaceBetween size="m">
        <Box color="text-body-secondary">
          {t("publications.edition_of", { edition, date: formatDate(language, agreement.published_at) })}
        </Box>
        {text.isPending && <Spinner />}
        {text.data !== undefined && <PublishedText source={bodyIn(language, text.data)} />}
        {isOpen && agreement.kind !== "account_agreement" && (
          <Checkbox checked={ticked} onChange={({ detail }) => setTicked(detail.checked)}>
            {t("agreements.tick")}
          </Checkbox>
        )}
        {problem !== null && <ProblemAlert problem={problem} />}
      </SpaceBetween>
    </Dialog>
  );
}
