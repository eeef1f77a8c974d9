// The address of a place of the account: its headquarters or another location.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "../../api/problem";
import type { AccountProperties, PostalAddress } from "../../api/types";
import { FormModal } from "../../ui/form_modal";
import { type AddressField, AddressFields, useAddressEntries, useMissingAddress } from "../people/address_fields";
import { useEntries } from "../people/use_entries";

interface SiteFormProps {
  title: string;
  begin?: PostalAddress;
  save: (address: PostalAddress) => Promise<AccountProperties>;
  onSaved: () => void;
  onClose: () => void;
}

export function SiteForm({ title, begin, save, onSaved, onClose }: SiteFormProps) {
  const { t } = useTranslation();
  const [tried, setTried] = useState(false);
  const form = useEntries(useAddressEntries(begin));
  const missing = useMissingAddress(form.entries);
  const mutation = useMutation({ mutationFn: () => save(form.entries), onSuccess: onSaved });
  const problem = mutation.isError ? asProblem(mutation.error) : null;
  const errorOf = (field: AddressField) => (tried ? missing[field] : undefined) ?? form.errorOf(problem, field);
  return (
    <FormModal
      title={title}
      submit={t("common.save")}
      pending={mutation.isPending}
      problem={form.rest(problem)}
      onClose={onClose}
      onSubmit={() => {
        setTried(true);
        form.send();
        if (Object.keys(missing).length === 0) mutation.mutate();
      }}
    >
      <AddressFields entries={form.entries} put={form.put} errorOf={errorOf} />
    </FormModal>
  );
}
