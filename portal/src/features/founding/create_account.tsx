// "Create a Smart Account": name, domain and headquarters with what the profile suggests, who is invited, and what will
// happen, before the button is pressed.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import RadioGroup from "@cloudscape-design/components/radio-group";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { foundSmartAccount } from "../../api/calls";
import { idempotencyKeys } from "../../api/client";
import { type ApiProblem, asProblem, fieldError } from "../../api/problem";
import type { Founding } from "../../api/types";
import { InnerPage } from "../../app/inner_page";
import { useMe } from "../../app/session";
import { Dialog } from "../../ui/dialog";
import { ProblemAlert, useRefusal } from "../../ui/problem_alert";
import { RouteLink } from "../../ui/route_link";
import { DomainField } from "./domain_field";
import { type DomainWish, mailDomain, wantedDomain } from "./domain_wish";
import { ForecastPanel } from "./forecast_panel";
import { type Founder, FoundingGate } from "./founding_gate";
import { HeadquartersField } from "./headquarters_field";
import { type Member, MembersField, wrongMembers } from "./members_field";
import { postalPart } from "./postal_part";
import { useFounded } from "./use_founded";

export function CreateAccount() {
  const { t } = useTranslation();
  return (
    <InnerPage title={t("founding.title")} description={t("founding.description")}>
      <FoundingGate>{(founder) => <FoundingForm {...founder} />}</FoundingGate>
      <Box>
        {t("partner_requests.instead")} <RouteLink to="/partner_requests">{t("partner_requests.title")}</RouteLink>
      </Box>
    </InnerPage>
  );
}

function FoundingForm({ company, addresses, address }: Founder) {
  const { t } = useTranslation();
  const { mail } = useMe().person;
  const founded = useFounded();
  const [name, setName] = useState(company);
  const [wish, setWish] = useState<DomainWish>({ option: "own", prefix: "", domain: "", note: "" });
  const [place, setPlace] = useState(address);
  const [type, setType] = useState<"CUSTOMER" | "HOLDING">("CUSTOMER");
  const [members, setMembers] = useState<Member[]>([]);
  const [tried, setTried] = useState(false);
  const [nameTaken, setNameTaken] = useState(false);
  const [keys] = useState(idempotencyKeys);
  const domain = wantedDomain(wish, mailDomain(mail));
  const headquarters = addresses.find((each) => each.person_address_id === place);
  const found = useMutation({
    mutationFn: (request: Founding) => foundSmartAccount(request, keys.keyFor(request)),
    onSuccess: founded,
    onError: (error) => setNameTaken(isNameTaken(asProblem(error))),
  });
  const { problem, errorOf } = useRefusal(found);
  // What the server refused is no longer what stands in the form.
  const edit = (change: () => void) => {
    change();
    if (found.isError) found.reset();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (found.isPending || name.trim() === "" || headquarters === undefined || wrongMembers(members).length > 0) return;
    found.mutate({
      name: name.trim(),
      domain,
      type,
      headquarters: postalPart(headquarters),
      ...(wish.option === "own" || wish.note.trim() === "" ? {} : { note: wish.note.trim() }),
      ...(members.length === 0 ? {} : { members: members.map((each) => ({ ...each, mail: each.mail.trim() })) }),
    });
  };
  return (
    <form onSubmit={submit} noValidate>
      <Form
        actions={
          <Button variant="primary" formAction="submit" loading={found.isPending}>
            {t("founding.submit")}
          </Button>
        }
      >
        <SpaceBetween size="l">
          {problem !== null && problem.code !== "name_taken" && <ProblemAlert problem={problem} />}
          <Container header={<Header variant="h2">{t("founding.information")}</Header>}>
            <SpaceBetween size="l">
              <FormField
                label={t("account.name")}
                description={t("founding.name_help")}
                errorText={tried && name.trim() === "" ? t("fields.empty") : errorOf("name")}
              >
                <Input name="name" value={name} onChange={({ detail }) => edit(() => setName(detail.value))} />
              </FormField>
              <DomainField
                wish={wish}
                mailDomain={mailDomain(mail)}
                error={errorOf("domain") ?? errorOf("note")}
                onChange={(next) => edit(() => setWish(next))}
              />
              <HeadquartersField
                addresses={addresses}
                value={place}
                error={tried && headquarters === undefined ? t("founding.headquarters_missing") : undefined}
                onChange={setPlace}
              />
              <ExpandableSection headerText={t("founding.members")} headerDescription={t("founding.members_text")}>
                <MembersField
                  members={members}
                  empty={t("founding.no_members")}
                  tried={tried}
                  errorOf={(index) => errorOf(`members/${index}/mail`)}
                  onChange={(next) => edit(() => setMembers(next))}
                />
              </ExpandableSection>
              <ExpandableSection headerText={t("account.type")}>
                <FormField label={t("account.type")}>
                  <RadioGroup
                    value={type}
                    onChange={({ detail }) => setType(detail.value === "HOLDING" ? "HOLDING" : "CUSTOMER")}
                    items={(["CUSTOMER", "HOLDING"] as const).map((value) => ({
                      value,
                      label: t(`account_types.${value}`),
                      description: t(`founding.types.${value}`),
                    }))}
                  />
                </FormField>
              </ExpandableSection>
            </SpaceBetween>
          </Container>
          <ForecastPanel domain={domain} name={name} option={wish.option} />
        </SpaceBetween>
      </Form>
      {nameTaken && (
        <Dialog title={t("founding.name_taken_title")} onClose={() => setNameTaken(false)}>
          {t("founding.name_taken_text", { name: name.trim() })}
        </Dialog>
      )}
    </form>
  );
}

const isNameTaken = (problem: ApiProblem) =>
  problem.code === "name_taken" && fieldError(problem, "/name") !== undefined;
