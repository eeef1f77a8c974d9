// One more address for the account's mails.
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import RadioGroup from "@cloudscape-design/components/radio-group";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { idempotencyKeys } from "../../api/client";
import { addNotificationAddress } from "../../api/notification_calls";
import type { Language, NewNotificationAddress, NotificationAddress } from "../../api/types";
import { LANGUAGE_NAMES, LANGUAGES } from "../../i18n";
import { FormModal } from "../../ui/form_modal";
import { useRefusal } from "../../ui/problem_alert";
import { useLanguage } from "../../ui/use_language";
import { isMail } from "../people/is_mail";

interface AddressFormProps {
  sa: string;
  onSaved: (saved: NotificationAddress) => void;
  onClose: () => void;
}

export function AddressForm({ sa, onSaved, onClose }: AddressFormProps) {
  const { t } = useTranslation();
  const [mail, setMail] = useState("");
  const own = useLanguage();
  const [language, setLanguage] = useState<Language>(own);
  const [tried, setTried] = useState(false);
  const [keys] = useState(idempotencyKeys);
  const add = useMutation({
    mutationFn: (body: NewNotificationAddress) => addNotificationAddress(sa, body, keys.keyFor(body)),
    onSuccess: onSaved,
  });
  const { problem, errorOf } = useRefusal(add);
  return (
    <FormModal
      title={t("notifications.add")}
      submit={t("notifications.add")}
      pending={add.isPending}
      problem={problem}
      onClose={onClose}
      onSubmit={() => {
        setTried(true);
        if (isMail(mail)) add.mutate({ mail: mail.trim(), language });
      }}
    >
      <FormField
        label={t("notifications.mail")}
        description={t("notifications.mail_help")}
        errorText={tried && !isMail(mail) ? t("fields.not_a_mail") : errorOf("mail")}
      >
        <Input name="mail" type="email" value={mail} onChange={({ detail }) => setMail(detail.value)} />
      </FormField>
      <FormField label={t("notifications.language")}>
        <RadioGroup
          value={language}
          items={LANGUAGES.map((value) => ({ value, label: LANGUAGE_NAMES[value] }))}
          onChange={({ detail }) => setLanguage(LANGUAGES.find((each) => each === detail.value) ?? language)}
        />
      </FormField>
    </FormModal>
  );
}
