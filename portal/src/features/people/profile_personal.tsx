import FormField from "@cloudscape-design/components/form-field";
import Input, { type InputProps } from "@cloudscape-design/components/input";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { changePersonalData } from "../../api/calls";
import { asProblem } from "../../api/problem";
import type { OwnProfile } from "../../api/types";
import { FormCard } from "../../ui/form_card";
import { localName } from "../../ui/format";
import { OptionalLabel } from "../../ui/optional_label";
import { useLanguage } from "../../ui/use_language";
import { CountryField, likelyCountry } from "./country_field";
import { useCountry } from "./country_list";
import { ProfileView } from "./profile_view";
import { useEntries } from "./use_entries";
import { useSaved } from "./use_saved";

export function PersonalPart({ profile }: { profile: OwnProfile }) {
  const [editing, setEditing] = useState(false);
  return editing ? (
    <PersonalForm profile={profile} onDone={() => setEditing(false)} />
  ) : (
    <PersonalView profile={profile} onEdit={() => setEditing(true)} />
  );
}

function PersonalView({ profile, onEdit }: { profile: OwnProfile; onEdit: () => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { personal } = profile;
  const country = useCountry(personal.country);
  const shown = country === undefined ? personal.country : localName(language, country);
  return (
    <ProfileView
      title={t("profile.personal_title")}
      onEdit={onEdit}
      pairs={[
        { label: t("sign_up.given_name"), value: personal.given_name },
        { label: t("sign_up.family_name"), value: personal.family_name },
        { label: t("sign_up.native_name"), value: personal.native_name },
        { label: t("profile.preferred_name"), value: personal.preferred_name },
        { label: t("profile.mail"), value: profile.mail },
        { label: t("profile.user_name"), value: profile.user_name },
        { label: t("sign_up.country"), value: shown },
        { label: t("profile.job_function"), value: personal.job_function },
        { label: t("profile.job_position"), value: personal.job_position },
        { label: t("profile.job_title"), value: personal.job_title },
      ]}
    />
  );
}

const OPTIONAL = ["native_name", "preferred_name", "job_function", "job_position", "job_title"] as const;
type TextField = "given_name" | "family_name" | (typeof OPTIONAL)[number];

function PersonalForm({ profile, onDone }: { profile: OwnProfile; onDone: () => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { onSaved, onRefused } = useSaved();
  const { personal } = profile;
  const [tried, setTried] = useState(false);
  const form = useEntries({
    given_name: personal.given_name,
    family_name: personal.family_name,
    native_name: personal.native_name ?? "",
    preferred_name: personal.preferred_name ?? "",
    country: personal.country ?? likelyCountry(language),
    job_function: personal.job_function ?? "",
    job_position: personal.job_position ?? "",
    job_title: personal.job_title ?? "",
  });
  const { entries } = form;
  const save = useMutation({
    mutationFn: () => changePersonalData(profile.version, entries),
    onSuccess: (saved) => {
      onSaved(saved);
      onDone();
    },
    onError: (error) => onRefused(asProblem(error)),
  });
  const problem = save.isError ? asProblem(save.error) : null;
  const missing = (field: "given_name" | "family_name" | "country") =>
    entries[field].trim() === "" ? t(field === "country" ? "sign_up.country_choose" : "fields.empty") : undefined;
  const errorOf = (field: TextField | "country") =>
    (tried && (field === "given_name" || field === "family_name" || field === "country")
      ? missing(field)
      : undefined) ?? form.errorOf(problem, field);
  const text = (field: TextField, label: string, help: string, more?: Partial<InputProps>) => (
    <FormField
      label={OPTIONAL.some((each) => each === field) ? <OptionalLabel>{label}</OptionalLabel> : label}
      description={help}
      errorText={errorOf(field)}
    >
      <Input
        {...more}
        name={field}
        value={entries[field]}
        onChange={({ detail }) => form.put({ [field]: detail.value })}
      />
    </FormField>
  );
  return (
    <FormCard
      submit={t("profile.update")}
      title={t("profile.personal_title")}
      pending={save.isPending}
      problem={form.rest(problem)}
      onCancel={onDone}
      onSubmit={() => {
        setTried(true);
        form.send();
        if (!missing("given_name") && !missing("family_name") && !missing("country")) save.mutate();
      }}
    >
      {text("given_name", t("sign_up.given_name"), t("sign_up.given_name_help"), {
        autoComplete: "given-name",
        autoFocus: true,
      })}
      {text("family_name", t("sign_up.family_name"), t("sign_up.family_name_help"), { autoComplete: "family-name" })}
      {text("native_name", t("sign_up.native_name"), t("sign_up.native_name_help"), { autoComplete: "name" })}
      {text("preferred_name", t("profile.preferred_name"), t("profile.preferred_name_help"), {
        autoComplete: "nickname",
      })}
      <CountryField
        value={entries.country}
        error={errorOf("country")}
        onChange={(code) => form.put({ country: code })}
      />
      {text("job_function", t("profile.job_function"), t("profile.job_function_help"))}
      {text("job_position", t("profile.job_position"), t("profile.job_position_help"))}
      {text("job_title", t("profile.job_title"), t("profile.job_title_help"), { autoComplete: "organization-title" })}
    </FormCard>
  );
}
