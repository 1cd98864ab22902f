package dev.stasis.testkit.contract;

import dev.stasis.linux.Fd;
import dev.stasis.spi.Claim;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.DumpHook;
import dev.stasis.spi.FdKind;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.MountRemap;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.PathRemap;
import dev.stasis.spi.RestoreContext;
import dev.stasis.spi.RestoreHook;
import dev.stasis.spi.RestoreStage;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/**
 * Stands before a kind, remap, substitution or hook and passes every call on, whatever the SPI comes to have: one that is given a
 * context gets one that checks, and what the SPI promises about its order is checked besides.
 */
final class AssertingContribution implements InvocationHandler {
    private final Class<?> type;
    private final Object contribution;
    private final AssertingCalls calls;

    private AssertingContribution(Class<?> type, Object contribution, AssertingCalls calls) {
        this.type = type;
        this.contribution = contribution;
        this.calls = calls;
    }

    /** One before {@code contribution}, which is of the SPI's interface {@code type}. */
    static <T> T of(Class<T> type, T contribution, AssertingCalls calls) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type},
                new AssertingContribution(type, contribution, calls)));
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] given) throws Throwable {
        Object[] arguments = given == null ? new Object[0] : given.clone();
        if (method.getDeclaringClass() == Object.class) {
            return ofObject(proxy, method, arguments);
        }
        for (int i = 0; i < arguments.length; i++) {
            Class<?> parameter = method.getParameterTypes()[i];
            if (ClaimContext.class.isAssignableFrom(parameter)) {
                return duringDump(method, arguments, i);
            }
            if (parameter == RestoreContext.class) {
                return duringRestore(method, arguments, i);
            }
        }
        return pass(method, arguments);
    }

    /** The host finds by identity who added what. */
    private Object ofObject(Object proxy, Method method, Object[] arguments) throws Throwable {
        return switch (method.getName()) {
            case "equals" -> proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            default -> pass(method, arguments);
        };
    }

    private Object duringDump(Method method, Object[] arguments, int context) throws Throwable {
        switch (method.getName()) {
            case "claim", "check", "contentBytes" -> calls.claiming();
            case "dump" -> calls.order().dump(who(), (OpenFile) arguments[0]);
            case "run" -> calls.order().hook(((DumpHook) contribution).stage());
            default -> { } // whenever the host likes
        }
        Object result = calls.during(title(method, arguments), (ClaimContext) arguments[context],
                asserting -> pass(method, with(arguments, context, asserting)));
        if (method.getName().equals("claim")) {
            calls.order().claimed(who(), (OpenFile) arguments[0], (Claim) result);
        }
        return result;
    }

    private Object duringRestore(Method method, Object[] arguments, int context) throws Throwable {
        RestoreContext host = (RestoreContext) arguments[context];
        before(method, arguments, host);
        Object result = calls.restoring(title(method, arguments), host, asserting -> pass(method, with(arguments, context, asserting)));
        if (method.getName().equals("restore")) {
            calls.order().restored((FileRecord) arguments[0], (Fd) result);
        } else if (method.getName().equals("restoreDeferred") && !((Fd) arguments[1]).isOpen()) {
            throw new AssertionError(title(method, arguments) + " closed the descriptor that it had borrowed");
        }
        return result;
    }

    private void before(Method method, Object[] arguments, RestoreContext host) {
        switch (method.getName()) {
            case "plan" -> planning(arguments);
            case "restore" -> calls.order().restore((FileRecord) arguments[0]);
            case "restoreDeferred" -> {
                calls.order().deferred((FileRecord) arguments[0], (Fd) arguments[1]);
                calls.tasksExist(host);
            }
            case "run" -> hook(((RestoreHook) contribution).stage(), host);
            default -> { } // open and root of remaps, whenever a kind opens its file
        }
    }

    private void planning(Object[] arguments) {
        boolean begins = type == FdKind.class ? calls.order().plan((FileRecord) arguments[0]) : calls.order().planning();
        if (begins) {
            calls.begins();
        }
    }

    private void hook(RestoreStage stage, RestoreContext host) {
        calls.order().hook(stage);
        if (stage.compareTo(RestoreStage.DEFERRED) >= 0) {
            calls.tasksExist(host);
        }
    }

    /** Such as {@code kind pipe}. */
    private String who() {
        return contribution instanceof FdKind kind ? "kind " + kind.name()
                : contribution instanceof PathRemap remap ? "path remap " + remap.name()
                : "mount remap " + ((MountRemap) contribution).name();
    }

    /** Such as {@code FdKind.dump of fd 3 of task 17 (/tmp/file)}. */
    private String title(Method method, Object[] arguments) {
        String name = type.getSimpleName() + "." + method.getName();
        if (arguments[0] instanceof FileRecord record) {
            return name + " of " + record.id();
        }
        return arguments[0] instanceof OpenFile file ? name + " of " + file : name;
    }

    private static Object[] with(Object[] arguments, int index, Object argument) {
        Object[] changed = arguments.clone();
        changed[index] = argument;
        return changed;
    }

    private Object pass(Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(contribution, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }
}
