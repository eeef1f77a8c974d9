// The guide in the portal: its contents, or one chapter with its pictures. For everybody, also before the sign-in.
import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useLocation, useParams } from "react-router";
import { Crumbs } from "../../app/crumbs";
import { NotFound } from "../../app/errors";
import { PageFrame } from "../../app/page";
import { ProblemPage } from "../../app/problem_page";
import { RouteLink } from "../../ui/route_link";
import { PageLoading } from "../../ui/states";
import { useLanguage } from "../../ui/use_language";
import { type Guide, PICTURE_SIZE, partsOf, piecesOf, type Words } from "./guide";
import { loadGuide } from "./load_guide";

export function GuidePage() {
  const language = useLanguage();
  const { chapter } = useParams();
  const guide = useQuery({ queryKey: ["guide", language], queryFn: () => loadGuide(language), staleTime: Infinity });
  if (guide.isPending) return <PageLoading />;
  if (guide.isError) return <ProblemPage error={guide.error} onRetry={() => guide.refetch()} />;
  if (chapter === undefined) return <Contents words={guide.data.words} />;
  if (guide.data.words.chapters[chapter] === undefined) return <NotFound />;
  return <ChapterPage key={chapter} number={chapter} guide={guide.data} />;
}

function Contents({ words }: { words: Words }) {
  return (
    <PageFrame title={words.title} reading>
      <SpaceBetween size="l">
        <Header variant="h1" description={words.intro}>
          {words.title}
        </Header>
        {partsOf(words).map((part) => (
          <section key={part.number} id={part.number}>
            <Box variant="h2" padding={{ bottom: "xs" }}>
              {part.number} {part.title}
            </Box>
            <ChapterList chapters={part.chapters} />
          </section>
        ))}
      </SpaceBetween>
    </PageFrame>
  );
}

function ChapterList({ chapters, current }: { chapters: { number: string; title: string }[]; current?: string }) {
  return (
    <Box>
      <ul className="menkyo-chapters">
        {chapters.map(({ number, title }) => (
          <li key={number}>
            {number === current ? (
              <strong aria-current="page">
                {number} {title}
              </strong>
            ) : (
              <RouteLink to={`/help/${number}`}>
                {number} {title}
              </RouteLink>
            )}
          </li>
        ))}
      </ul>
    </Box>
  );
}

function ChapterPage({ number, guide: { words, pictures } }: { number: string; guide: Guide }) {
  const { t } = useTranslation();
  const { hash } = useLocation();
  const chapter = words.chapters[number];
  // The page came after the address, so that the browser has not found the step there.
  useEffect(() => {
    if (hash !== "") document.getElementById(hash.slice(1))?.scrollIntoView();
  }, [hash]);
  if (chapter === undefined) return null;
  const title = `${number} ${chapter.title}`;
  return (
    <PageFrame
      title={title}
      crumbs={
        <Crumbs
          crumbs={[
            { text: words.title, href: "/help" },
            { text: title, href: `/help/${number}` },
          ]}
        />
      }
    >
      <div className="menkyo-guide">
        <nav aria-label={t("guide.contents")} className="menkyo-guide-contents">
          <SpaceBetween size="m">
            {partsOf(words).map((part) => (
              <div key={part.number}>
                <Box variant="strong">
                  {part.number} {part.title}
                </Box>
                <ChapterList chapters={part.chapters} current={number} />
              </div>
            ))}
          </SpaceBetween>
        </nav>
        <article>
          <SpaceBetween size="l">
            <Header variant="h1">{title}</Header>
            <Box variant="p">
              <GuideText text={chapter.intro} />
            </Box>
            <Box>
              <ol className="menkyo-steps">
                {Object.entries(chapter.steps).map(([step, text], index) => (
                  <li key={step} id={step}>
                    <GuideText text={text} />
                    {/* On a small screen somebody may want to see it larger. */}
                    <a href={pictures.get(`${number}-${step}`)} target="_blank" rel="noreferrer">
                      <img
                        {...PICTURE_SIZE}
                        src={pictures.get(`${number}-${step}`)}
                        alt={t("guide.picture", { title: chapter.title, step: index + 1 })}
                        loading="lazy"
                      />
                    </a>
                  </li>
                ))}
              </ol>
            </Box>
            <Neighbours words={words} number={number} />
          </SpaceBetween>
        </article>
      </div>
    </PageFrame>
  );
}

function GuideText({ text }: { text: string }) {
  const { t } = useTranslation();
  return piecesOf(text).map((piece) =>
    piece.kind === "key" ? <strong key={piece.text}>{t(piece.text)}</strong> : piece.text,
  );
}

function Neighbours({ words, number }: { words: Words; number: string }) {
  const { t } = useTranslation();
  const numbers = Object.keys(words.chapters);
  const at = numbers.indexOf(number);
  const link = (key: string, neighbour: string | undefined) =>
    neighbour !== undefined && (
      <RouteLink to={`/help/${neighbour}`}>
        {t(key)} {neighbour} {words.chapters[neighbour]?.title}
      </RouteLink>
    );
  return (
    <nav aria-label={t("guide.neighbours")} className="menkyo-neighbours">
      {link("guide.previous", numbers[at - 1])}
      {link("guide.next", numbers[at + 1])}
    </nav>
  );
}
