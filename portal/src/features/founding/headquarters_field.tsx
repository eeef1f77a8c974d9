// The headquarters, out of the person's address book, to which another address can be added on the spot.
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { OwnAddress } from "../../api/types";
import { AddressForm } from "../people/address_form";
import { addressText } from "../people/address_text";

interface HeadquartersFieldProps {
  addresses: OwnAddress[];
  value: string;
  error: string | undefined;
  onChange: (person_address_id: string) => void;
}

export function HeadquartersField({ addresses, value, error, onChange }: HeadquartersFieldProps) {
  const { t } = useTranslation();
  const [adding, setAdding] = useState(false);
  const options = addresses.map((each) => ({ value: each.person_address_id, label: addressText(each) }));
  return (
    <FormField label={t("founding.headquarters")} description={t("founding.headquarters_help")} errorText={error}>
      <SpaceBetween size="xs">
        <Select
          options={options}
          selectedOption={options.find((each) => each.value === value) ?? null}
          placeholder={t("founding.headquarters_missing")}
          onChange={({ detail }) => onChange(detail.selectedOption.value ?? "")}
        />
        <Button variant="inline-link" formAction="none" onClick={() => setAdding(true)}>
          {t("founding.other_address")}
        </Button>
      </SpaceBetween>
      {adding && (
        <AddressForm
          onClose={() => setAdding(false)}
          onSaved={(saved) => {
            onChange(saved.person_address_id);
            setAdding(false);
          }}
        />
      )}
    </FormField>
  );
}
