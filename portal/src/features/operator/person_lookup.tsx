// Finds a person by the whole mail address.
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { lookUpPerson } from "../../api/calls";
import { asProblem } from "../../api/problem";
import type { FoundPerson } from "../../api/types";
import { formatName } from "../../ui/format";
import { ProblemAlert } from "../../ui/problem_alert";
import { OrDash } from "../../ui/resource_table";
import { RouteLink } from "../../ui/route_link";
import { useLanguage } from "../../ui/use_language";

export function PersonLookup() {
  const { t } = useTranslation();
  const [mail, setMail] = useState("");
  const find = useMutation({ mutationFn: lookUpPerson });
  return (
    <Container
      header={
        <Header variant="h2" description={t("lookup.text")}>
          {t("lookup.title")}
        </Header>
      }
    >
      <SpaceBetween size="m">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (mail.trim() !== "") find.mutate(mail.trim());
          }}
        >
          <Form
            actions={
              <Button formAction="submit" loading={find.isPending}>
                {t("lookup.find")}
              </Button>
            }
          >
            <FormField label={t("lookup.mail")}>
              <Input type="email" value={mail} onChange={({ detail }) => setMail(detail.value)} />
            </FormField>
          </Form>
        </form>
        {find.isError && <ProblemAlert problem={asProblem(find.error)} />}
        {find.isSuccess && <Found person={find.data} />}
      </SpaceBetween>
    </Container>
  );
}

function Found({ person }: { person: FoundPerson }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const state = person.is_active ? (person.is_invited ? "invited" : "active") : "disabled";
  return (
    <KeyValuePairs
      columns={4}
      items={[
        { label: t("lookup.mail"), value: person.mail },
        { label: t("lookup.name"), value: <OrDash>{person.family_name && formatName(language, person)}</OrDash> },
        { label: t("lookup.state"), value: t(`lookup.${state}`) },
        {
          label: t("lookup.accounts"),
          value:
            person.smart_accounts.length === 0
              ? t("lookup.accounts_none")
              : person.smart_accounts.map((place) => (
                  <div key={place.smart_account_id}>
                    <RouteLink to={`/operator/accounts/${place.smart_account_id}`}>{place.name}</RouteLink>
                  </div>
                )),
        },
      ]}
    />
  );
}
