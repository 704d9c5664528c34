// What the chat page writes to files and to the clipboard.
#include "gui/library.h"
#include "gui/pages/chat_page.h"
#include "gui/widgets/message_bar.h"

#include <QApplication>
#include <QClipboard>
#include <QFileDialog>
#include <QFuture>
#include <QPromise>
#include <QSaveFile>
#include <QThreadPool>

#include <memory>
#include <utility>

namespace gui
{
namespace
{

/// Writes a file on another thread; the text is empty if it worked, else says why not.
QFuture<QString> writeFile(const QString &path, const QByteArray &bytes)
{
    auto promise = std::make_shared<QPromise<QString>>(); // shared: the pool wants a copyable function
    promise->start();
    QThreadPool::globalInstance()->start([promise, path, bytes] {
        QSaveFile file(path);
        const bool ok = file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size() && file.commit();
        promise->addResult(ok ? QString() : file.errorString());
        promise->finish();
    });
    return promise->future();
}

QString fileNameFrom(QString title)
{
    static const QString kForbidden = QStringLiteral("/\\:*?\"<>|");
    for (QChar &c : title) {
        if (kForbidden.contains(c) || !c.isPrint()) c = QLatin1Char('_');
    }
    return title.trimmed().left(60);
}

} // namespace

/// The message stays; it is answered from another state, from an empty memory, or later.
void ChatPage::tellMissing(const QString &path, const engine::Error &error)
{
    m_bar->showMessage(
        MessageBar::Kind::Error,
        tr("This chat begins from the state “%1”, which cannot be opened. Choose another one above, or "
           "go on without it.")
            .arg(m_library.nameOf(path)),
        QString::fromStdString(error.message()), tr("Go on without it"));
    m_tellsMissing = true;
    showState();
}

/// A message that waited because of the state before is answered now.
void ChatPage::chooseState(const QString &path)
{
    const bool waited = std::exchange(m_tellsMissing, false);
    if (waited) m_bar->dismiss();
    m_controller.chooseState(path);
    const TranscriptModel &model = *m_controller.transcript();
    const int last = model.rowCount() - 1;
    if (waited && last >= 0 && model.at(last).role == NodeRole::User) m_controller.regenerate(last);
}

void ChatPage::saveState()
{
    auto *dialog = new QFileDialog(this, tr("Save state"),
                                   fileNameFrom(m_controller.title()) + QStringLiteral(".rwkvstate"),
                                   tr("States (*.rwkvstate)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("rwkvstate"));
    connect(dialog, &QFileDialog::fileSelected, &m_controller, &ChatController::saveState);
    dialog->open();
}

void ChatPage::exportChat()
{
    saveText(tr("Export chat"), fileNameFrom(m_controller.title()) + QStringLiteral(".md"),
             m_controller.asMarkdown());
}

void ChatPage::copyAnswer()
{
    if (const int row = lastAnswer(); row >= 0)
        QApplication::clipboard()->setText(m_controller.transcript()->at(row).text);
}

void ChatPage::saveText(const QString &title, const QString &name, const QString &text)
{
    auto *dialog = new QFileDialog(this, title, name);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    connect(dialog, &QFileDialog::fileSelected, this, [this, text](const QString &path) {
        writeFile(path, text.toUtf8()).then(this, [this, path](const QString &problem) {
            if (problem.isEmpty())
                showNews(tr("Saved."), path);
            else
                m_bar->showMessage(MessageBar::Kind::Error, tr("The file could not be written."),
                                   path + QStringLiteral(": ") + problem);
        });
    });
    dialog->open();
}

} // namespace gui
