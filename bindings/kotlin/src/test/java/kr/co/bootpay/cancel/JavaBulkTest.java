package kr.co.bootpay.cancel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That bulks read as Java. */
class JavaBulkTest extends SandboxTest {
    @TempDir
    Path folder;

    private static Path table(Path folder, int rows) throws Exception {
        List<String> lines = new ArrayList<>();
        lines.add("receipt_id,amount");
        for (int row = 0; row < rows; row++) {
            lines.add(getSandbox().add(1_000) + ",full");
        }
        return Files.write(folder.resolve("refunds.csv"), lines);
    }

    @Test
    void aFileIsPlannedRunStoppedResumedAndExported() throws Exception {
        Path file = table(folder, 80);
        Options options = getSandbox().options().journal(folder.resolve("journal.sqlite3")).build();
        try (BlockingBootpay bootpay = getSandbox().blockingClient(options)) {
            BlockingBulk bulk = bootpay.bulk(file);
            BulkPlan plan = bulk.plan();
            assertEquals(80, plan.getRows().getRows());
            assertEquals(80, bulk.lookUp(500).getReceipts());

            BulkOptions slowly = new BulkOptions(plan).perSecond(2).mostPerSecond(2).tellEvery(Duration.ofMillis(20));
            BulkStop stop = new BulkStop();
            BulkReport stopped = bulk.run(slowly, stop, progress -> {
                if (progress.getSum().getCancelled().getRows() >= 2) {
                    stop.stop();
                }
            });
            assertEquals("asked", stopped.getStopped().getKind());
            assertTrue(stopped.getSum().getRemaining().getRows() > 0);

            ConcurrentLinkedQueue<BulkPhase> phases = new ConcurrentLinkedQueue<>();
            BulkReport report = bulk.run(
                    new BulkOptions(plan.getId()).cap(80_000).perSecond(200), progress -> phases.add(progress.getPhase()));
            assertNull(report.getStopped());
            assertEquals(80_000, report.getSum().getCancelled().getWon());
            assertTrue(phases.contains(BulkPhase.FINISHED));
            assertEquals(report.getSum(), bulk.status());

            Path result = folder.resolve("result.csv");
            long bytes = bulk.exportTo(result);
            assertEquals(Files.size(result), bytes);
            String english = new String(bulk.export(Language.ENGLISH), StandardCharsets.UTF_8);
            assertTrue(english.startsWith("\uFEFFline,receipt_id,kind,amount"), english);
        }
        assertEquals(80, getSandbox().ledger().size());
    }

    @Test
    void wrongRowsAreNamedByLineAndField() {
        byte[] file = "receipt_id,amount\nr-1,full\nr-2,\n".getBytes(StandardCharsets.UTF_8);
        try (BlockingBootpay bootpay = getSandbox().blockingClient()) {
            BootpayException.WrongBulkFile wrong =
                    assertThrows(BootpayException.WrongBulkFile.class, () -> bootpay.bulk(file));
            BulkProblem problem = wrong.getProblems().get(0);
            assertEquals(3, problem.getLine());
            assertEquals("amount", problem.getField());
            assertTrue(problem.getKorean().startsWith("금액이 비어 있습니다"));
            assertThrows(UnsupportedOperationException.class, () -> wrong.getProblems().clear());
        }
    }

    @Test
    void futuresAreChained() throws Exception {
        Path file = table(folder, 20);
        try (FutureBootpay bootpay = getSandbox().futureClient()) {
            long won = bootpay.bulk(file)
                    .thenCompose(bulk -> bulk.run(new BulkOptions(bulk.plan()).perSecond(200)))
                    .thenApply(report -> report.getSum().getCancelled().getWon())
                    .get(60, TimeUnit.SECONDS);
            assertEquals(20_000, won);
        }
    }

    @Test
    void noNameThatJavaSeesIsMangledAndNoTypeIsGenerated() {
        List<Class<?>> types = Arrays.asList(
                BlockingBulk.class, Bulk.class, BulkFinding.class, BulkLookup.class, BulkOptions.class, BulkPart.class,
                BulkPlan.class, BulkProblem.class, BulkProgress.class, BulkReport.class, BulkStop.class,
                BulkStopped.class, BulkSum.class, FutureBulk.class);
        for (Class<?> type : types) {
            for (Method method : type.getDeclaredMethods()) {
                boolean seen = Modifier.isPublic(method.getModifiers()) && !method.isSynthetic();
                if (seen) {
                    assertFalse(method.getName().contains("-"), method.toString());
                    assertFalse(method.getName().contains("$"), method.toString());
                    assertFalse(method.toString().contains(".internal."), method.toString());
                }
            }
        }
    }
}
