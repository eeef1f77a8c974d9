// An address of one's own book, new or changed.
import Checkbox from "@cloudscape-design/components/checkbox";
import FormField from "@cloudscape-design/components/form-field";
import Select from "@cloudscape-design/components/select";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { addAddress, changeAddress } from "../../api/calls";
import { idempotencyKeys } from "../../api/client";
import { asProblem } from "../../api/problem";
import type { OwnAddress, PostalAddress } from "../../api/types";
import { useFlash } from "../../ui/flash";
import { FormModal } from "../../ui/form_modal";
import { AddressFields, useAddressEntries, useMissingAddress } from "./address_fields";
import { useEntries } from "./use_entries";
import { ADDRESSES } from "./use_saved";

interface AddressFormProps {
  // Given: this one is changed. Otherwise one is added, which begins with `fields`.
  item?: OwnAddress;
  fields?: PostalAddress;
  onSaved: (saved: OwnAddress) => void;
  onClose: () => void;
}

const TYPES = ["company", "other"] as const;

export function AddressForm({ item, fields, onSaved, onClose }: AddressFormProps) {
  const { t } = useTranslation();
  const flash = useFlash();
  const queryClient = useQueryClient();
  const [keys] = useState(idempotencyKeys);
  const [tried, setTried] = useState(false);
  const begin = useAddressEntries(item ?? fields);
  const form = useEntries({
    type: item?.type ?? "company",
    acknowledged: item !== undefined,
    ...begin,
  });
  const { entries } = form;
  const missingAddress = useMissingAddress(entries);
  const save = useMutation({
    mutationFn: () => {
      const { acknowledged, ...address } = entries;
      if (item !== undefined) return changeAddress(item.person_address_id, item.version, address);
      return addAddress({ ...address, acknowledged }, keys.keyFor(entries));
    },
    onSuccess: (saved) => {
      void queryClient.invalidateQueries({ queryKey: ADDRESSES });
      flash({ type: "success", content: t("addresses.saved") });
      onSaved(saved);
    },
    onError: (error) => {
      if (asProblem(error).code === "changed_meanwhile") void queryClient.invalidateQueries({ queryKey: ADDRESSES });
    },
  });
  const problem = save.isError ? asProblem(save.error) : null;
  const missing: Partial<Record<keyof typeof entries, string>> = {
    ...missingAddress,
    ...(!entries.acknowledged && { acknowledged: t("fields.not_acknowledged") }),
  };
  const errorOf = (field: keyof typeof entries) => (tried ? missing[field] : undefined) ?? form.errorOf(problem, field);
  return (
    <FormModal
      title={t(item === undefined ? "addresses.add" : "addresses.change")}
      submit={t("profile.update")}
      pending={save.isPending}
      problem={form.rest(problem)}
      onClose={onClose}
      onSubmit={() => {
        setTried(true);
        form.send();
        if (Object.keys(missing).length === 0) save.mutate();
      }}
    >
      <FormField label={t("addresses.type")} errorText={errorOf("type")}>
        <Select
          options={TYPES.map((type) => ({ value: type, label: t(`address_types.${type}`) }))}
          selectedOption={{ value: entries.type, label: t(`address_types.${entries.type}`) }}
          onChange={({ detail }) =>
            form.put({ type: TYPES.find((each) => each === detail.selectedOption.value) ?? "company" })
          }
        />
      </FormField>
      {item === undefined && (
        <FormField errorText={errorOf("acknowledged")}>
          <Checkbox
            checked={entries.acknowledged}
            onChange={({ detail }) => form.put({ acknowledged: detail.checked })}
          >
            {t("addresses.acknowledge")}
          </Checkbox>
        </FormField>
      )}
      <AddressFields entries={entries} put={form.put} errorOf={errorOf} />
    </FormModal>
  );
}
