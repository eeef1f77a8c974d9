import type { AutosuggestProps } from "@cloudscape-design/components/autosuggest";
import FormField from "@cloudscape-design/components/form-field";
import Input, { type InputProps } from "@cloudscape-design/components/input";
import Select, { type SelectProps } from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMutation } from "@tanstack/react-query";
import { type Ref, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { changeCompanyData } from "../../api/calls";
import { asProblem } from "../../api/problem";
import type { CompanyData, ListedCompany, OwnAddress, OwnProfile, PostalAddress } from "../../api/types";
import { FormCard } from "../../ui/form_card";
import { useAddresses } from "./address_book";
import { AddressForm } from "./address_form";
import { addressText, isSameAddress } from "./address_text";
import { CompanyField } from "./company_field";
import { useCountry } from "./country_list";
import { MissingFields } from "./missing_fields";
import { ProfileView } from "./profile_view";
import { useEntries } from "./use_entries";
import { useSaved } from "./use_saved";

interface CompanyPartProps {
  profile: OwnProfile;
  // Which field somebody was sent to, if any.
  field: string | null;
}

export function CompanyPart({ profile, field }: CompanyPartProps) {
  const [editing, setEditing] = useState(field !== null);
  return editing ? (
    <CompanyForm profile={profile} field={field} onDone={() => setEditing(false)} />
  ) : (
    <CompanyView profile={profile} onEdit={() => setEditing(true)} />
  );
}

function CompanyView({ profile, onEdit }: { profile: OwnProfile; onEdit: () => void }) {
  const { t } = useTranslation();
  const { company } = profile;
  const address = useAddresses().data?.items.find((each) => each.person_address_id === company.company_address_id);
  return (
    <SpaceBetween size="l">
      <MissingFields fields={profile.missing} />
      <ProfileView
        title={t("profile.company_title")}
        onEdit={onEdit}
        pairs={[
          { label: t("profile.company_name"), value: company.company_name },
          { label: t("profile.company_address"), value: address && addressText(address) },
          { label: t("profile.company_phone"), value: company.company_phone_shown },
        ]}
      />
    </SpaceBetween>
  );
}

interface CompanyFormProps extends CompanyPartProps {
  onDone: () => void;
}

function CompanyForm({ profile, field, onDone }: CompanyFormProps) {
  const { t } = useTranslation();
  const { onSaved, onRefused } = useSaved();
  const { company, personal } = profile;
  const addresses = useAddresses().data?.items ?? [];
  const [picked, setPicked] = useState<ListedCompany | null>(null);
  // The form of a new address, which begins with what was picked.
  const [adding, setAdding] = useState<{ fields?: PostalAddress } | null>(null);
  const form = useEntries({
    company_name: company.company_name ?? "",
    company_address_id: company.company_address_id ?? "",
    company_phone: company.company_phone_shown ?? "",
  });
  const { entries } = form;
  const chosen = addresses.find((each) => each.person_address_id === entries.company_address_id);
  const code = useCountry(chosen?.country ?? personal.country)?.calling_code;
  const name = useRef<AutosuggestProps.Ref>(null);
  const address = useRef<SelectProps.Ref>(null);
  const phone = useRef<InputProps.Ref>(null);
  useEffect(() => {
    const wanted = field === "company_address" ? address : field === "company_phone" ? phone : name;
    wanted.current?.focus();
  }, [field]);
  const save = useMutation({
    mutationFn: () => {
      const request: CompanyData = { company_name: entries.company_name, company_phone: entries.company_phone };
      if (entries.company_address_id !== "") request.company_address_id = entries.company_address_id;
      return changeCompanyData(profile.version, request);
    },
    onSuccess: (saved) => {
      onSaved(saved);
      onDone();
    },
    onError: (error) => onRefused(asProblem(error)),
  });
  const problem = save.isError ? asProblem(save.error) : null;
  const pick = (found: ListedCompany) => {
    setPicked(found);
    const known = addresses.find((each) => isSameAddress(each, found));
    form.put({ company_name: found.name, ...(known && { company_address_id: known.person_address_id }) });
  };
  return (
    <>
      <FormCard
        submit={t("profile.update")}
        title={t("profile.company_title")}
        pending={save.isPending}
        problem={form.rest(problem)}
        onCancel={onDone}
        onSubmit={() => {
          form.send();
          save.mutate();
        }}
      >
        <CompanyField
          ref={name}
          value={entries.company_name}
          error={form.errorOf(problem, "company_name")}
          onChange={(typed) => form.put({ company_name: typed })}
          onPick={pick}
        />
        <AddressField
          ref={address}
          addresses={addresses}
          listed={picked}
          value={entries.company_address_id}
          error={form.errorOf(problem, "company_address_id")}
          onChange={(id) => form.put({ company_address_id: id })}
          onAdd={(fields) => setAdding(fields === undefined ? {} : { fields })}
        />
        <FormField
          label={t("profile.company_phone")}
          description={
            code === undefined ? t("profile.company_phone_help") : t("profile.company_phone_help_of", { code })
          }
          errorText={form.errorOf(problem, "company_phone")}
        >
          <Input
            ref={phone}
            inputMode="tel"
            name="company_phone"
            autoComplete="tel"
            value={entries.company_phone}
            onChange={({ detail }) => form.put({ company_phone: detail.value })}
          />
        </FormField>
      </FormCard>
      {/* Outside the form, whose submit it would reach. */}
      {adding !== null && (
        <AddressForm
          fields={adding.fields}
          onSaved={(saved) => {
            form.put({ company_address_id: saved.person_address_id });
            setAdding(null);
          }}
          onClose={() => setAdding(null)}
        />
      )}
    </>
  );
}

// Values that are no address of the book.
const NONE = "none";
const NEW = "new";
const LISTED = "listed";

interface AddressFieldProps {
  ref: Ref<SelectProps.Ref>;
  addresses: readonly OwnAddress[];
  // What the directory has of the company that was picked.
  listed: ListedCompany | null;
  value: string;
  error: string | undefined;
  onChange: (id: string) => void;
  onAdd: (fields?: PostalAddress) => void;
}

function AddressField({ ref, addresses, listed, value, error, onChange, onAdd }: AddressFieldProps) {
  const { t } = useTranslation();
  const known = addresses.map((item) => ({
    value: item.person_address_id,
    label: addressText(item),
    description: t(`address_types.${item.type}`),
  }));
  const isNew = listed !== null && !addresses.some((item) => isSameAddress(item, listed));
  const options = [
    { value: NONE, label: t("profile.address_none") },
    ...known,
    ...(isNew
      ? [{ value: LISTED, label: addressText(listed), description: t("profile.address_listed", { name: listed.name }) }]
      : []),
    { value: NEW, label: t("profile.address_new"), iconName: "add-plus" as const },
  ];
  const choose = (chosen: string | undefined) => {
    if (chosen === NEW) onAdd();
    else if (chosen === LISTED && listed !== null) onAdd(listed);
    else onChange(chosen === undefined || chosen === NONE ? "" : chosen);
  };
  return (
    <FormField label={t("profile.company_address")} description={t("profile.company_address_help")} errorText={error}>
      <Select
        ref={ref}
        options={options}
        selectedOption={options.find((option) => option.value === value) ?? null}
        placeholder={t("profile.address_choose")}
        onChange={({ detail }) => choose(detail.selectedOption.value)}
      />
    </FormField>
  );
}
